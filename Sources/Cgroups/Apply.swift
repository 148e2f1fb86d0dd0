import Kernel

extension Cgroup {
    /// Puts limits in force; returns what there is to warn of besides `limits.warnings`.
    public func apply(_ limits: Limits) throws(CgroupsError) -> [String] {
        for check in limits.checks { try hold(check) }
        var warnings: [String] = []
        for write in limits.writes {
            if let other = write.substituteFor, try has(other) { continue }
            if try apply(write) == .missing, write.tolerance.contains(.missingWithWarning) {
                warnings.append("config.json: \(write.field): ignored: \(placement.path) has no \(write.file)")
            }
        }
        return warnings
    }

    /// Puts the limit of processes in force, so many `others` being let be besides the container's.
    public func limitProcesses(_ limits: Limits, besides others: Int64) throws(CgroupsError) {
        guard let write = limits.writes.last(where: { $0.file == "pids.max" }), let limit = Int64(write.value), limit < Int64(Int32.max)
        else { return }
        do throws(SyscallError) { try writeControl("\(limit + others)", to: write.file, of: directory) } catch {
            throw .write(write, cgroup: placement.path, error.errno)
        }
    }

    private enum Outcome {
        case written, missing, notYet
    }

    private func apply(_ write: Write) throws(CgroupsError) -> Outcome {
        do throws(SyscallError) {
            try writeControl(write.value, to: write.file, of: directory)
            return .written
        } catch {
            switch error.errno {
            case .noEntry where !write.tolerance.isDisjoint(with: [.missing, .missingWithWarning]): return .missing
            case .invalid where write.tolerance.contains(.invalid): return .notYet
            // EPERM and EACCES: the file is not there, and could not be made either.
            case .noEntry, .notPermitted, .accessDenied: throw try unavailable(write, error.errno)
            default: throw .write(write, cgroup: placement.path, error.errno)
            }
        }
    }

    /// Best effort, as in runc: a kernel that does not tell what is used does not fail the update.
    private func hold(_ check: Check) throws(CgroupsError) {
        guard try has(check.file), let used = UInt64(try read(check.file).filter { $0 != "\n" }) else { return }
        guard check.limit >= used else {
            throw .config(path: check.field, problem: "rejecting limit \(check.limit) < usage \(used) (\(check.file))")
        }
    }

    private func has(_ file: String) throws(CgroupsError) -> Bool {
        do throws(SyscallError) {
            _ = try Kernel.open(file, beneath: directory, .path, refusing: beyondCgroups)
            return true
        } catch {
            guard error.errno == .noEntry else { throw .refused(step: "open \(placement.path)/\(file)", error) }
            return false
        }
    }

    /// Why a file is not there.
    private func unavailable(_ write: Write, _ errno: Errno) throws(CgroupsError) -> CgroupsError {
        let controller = write.controller
        guard controller != "cgroup", try !words(read("cgroup.controllers")).contains(controller) else {
            return .write(write, cgroup: placement.path, errno)
        }
        let reason: String
        if try HostCgroups.current().legacyControllers.contains(controller) {
            reason = "it is bound to cgroup v1 on this host"
        } else if try isKnown(controller) {
            reason = "a cgroup above it does not pass the controller on"
        } else {
            reason = "this host has no such controller"
        }
        return .config(
            path: write.field, problem: "the \(controller) controller is not available in \(placement.path) (\(reason))")
    }

    private func isKnown(_ controller: String) throws(CgroupsError) -> Bool {
        let root = try openMount(placement)
        return try step("read \(placement.mountPoint)/cgroup.controllers") { () throws(SyscallError) in
            words(try readControl("cgroup.controllers", of: root)).contains(controller)
        }
    }
}
