internal import Kernel

/// What QEMU reads before the guest runs.
struct BootFiles: ~Copyable {
    let kernel: OwnedFD
    let initrd: OwnedFD
    /// The kernel is a file in memory and no file of the host.
    private let isKernelOurs: Bool

    init(_ image: GuestImage, _ accelerator: Accelerator.Kind) throws(MachineError) {
        let path = image.kernel
        let file = try step("read kernel \(path)") { () throws(SyscallError) in try open(path, .readOnly) }
        let copied = try step("unpack kernel \(path)") { () throws(SyscallError) in try ours(file, accelerator) }
        initrd = try image.initrd()
        isKernelOurs = copied != nil
        switch consume copied {
        case .some(let copy): kernel = copy
        case .none: kernel = file
        }
    }

    /// Frees the memory they take. The guest has them in its own by now, and QEMU, which holds them open, starts no guest again.
    func forget() throws(SyscallError) {
        try truncate(initrd, to: 0)
        if isKernelOurs { try truncate(kernel, to: 0) }
    }
}

/// The kernel in memory; nil: QEMU can have the host's file.
private func ours(_ file: borrowing OwnedFD, _ accelerator: Accelerator.Kind) throws(SyscallError) -> OwnedFD? {
    // A processor runs the image's loader in no time, and where that puts the kernel nobody can guess.
    if accelerator == .tcg, let unpacked = try unpackKernel(file) { return unpacked }
    // QEMU opens it once more, by way of the descriptor, as a user who may not be let to read it.
    guard try status(of: file).permissions & 0o004 == 0 else { return nil }
    return try inMemory("kernel", file)
}
