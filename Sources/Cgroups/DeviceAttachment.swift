import CLinux
import Kernel

/// What the caller may do to the host.
public enum Privilege: Hashable, Sendable {
    case root
    /// A user, or root of no more than a user namespace: the kernel lets neither load a device program, and the devices that they can open
    /// are few anyway.
    case none
}

extension Cgroup {
    /// Attaches `program`; without privilege a refusal is, as in runc, no error: the result is then a warning.
    public func restrictDevices(_ program: DeviceProgram, with privilege: Privilege) throws(CgroupsError) -> String? {
        do throws(CgroupsError) {
            try attach(program)
            return nil
        } catch {
            guard privilege == .none, case .refused = error else { throw error }
            return "\(error); device rules are not in force without rights over the host"
        }
    }

    /// Has every opening of a device by the cgroup's processes, and those below, decided by `program`, in place of whatever decided
    /// before.
    ///
    /// The corresponding system call is `bpf(2)`. Nothing has to be raised for it: since Linux 5.11 programs are charged to the memory
    /// controller, not to RLIMIT_MEMLOCK.
    public func attach(_ program: DeviceProgram) throws(CgroupsError) {
        try step("restrict the devices of cgroup \(placement.path)") { () throws(SyscallError) in
            let old = try attachedPrograms()
            if old.isEmpty && program.allowsEverything { return }
            let new = try load(program)
            if old.count == 1 {
                try attach(new, inPlaceOf: openProgram(old[0]))
            } else {
                try attach(new, inPlaceOf: -1)
                // Until here the old ones are in force too, so that there is no moment without.
                for id in old { try detach(openProgram(id)) }
            }
        }
    }

    private func attach(_ program: borrowing OwnedFD, inPlaceOf old: Int32) throws(SyscallError) {
        let (target, raw) = (directory.raw, program.raw)
        try call("bpf", "BPF_PROG_ATTACH") { clinux_bpf_attach(target, type, raw, UInt32(BPF_F_ALLOW_MULTI), old) }
    }

    private func attach(_ program: borrowing OwnedFD, inPlaceOf old: borrowing OwnedFD) throws(SyscallError) {
        try attach(program, inPlaceOf: old.raw)
    }

    private func detach(_ program: borrowing OwnedFD) throws(SyscallError) {
        let (target, raw) = (directory.raw, program.raw)
        try call("bpf", "BPF_PROG_DETACH") { clinux_bpf_detach(target, type, raw) }
    }

    private func attachedPrograms() throws(SyscallError) -> [UInt32] {
        // BPF_CGROUP_MAX_PROGS: there cannot be more.
        var ids = [UInt32](repeating: 0, count: 64)
        let target = directory.raw
        let count = try call("bpf", "BPF_PROG_QUERY") { unsafe clinux_bpf_query(target, type, &ids, 64) }
        return Array(ids.prefix(Int(count)))
    }
}

private let type = UInt32(BPF_CGROUP_DEVICE.rawValue)

private func load(_ program: DeviceProgram) throws(SyscallError) -> OwnedFD {
    let count = UInt32(program.instructions.count)
    return OwnedFD(
        adopting: try call("bpf", "BPF_PROG_LOAD") {
            unsafe clinux_bpf_load(UInt32(BPF_PROG_TYPE_CGROUP_DEVICE.rawValue), program.instructions, count, "Apache")
        })
}

private func openProgram(_ id: UInt32) throws(SyscallError) -> OwnedFD {
    OwnedFD(adopting: try call("bpf", "BPF_PROG_GET_FD_BY_ID") { clinux_bpf_program(id) })
}
