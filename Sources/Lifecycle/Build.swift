internal import Cgroups
internal import Kernel
internal import Launch
internal import Spec
internal import Store

/// A container that has been made and waits at its gate.
struct Established: ~Copyable {
    let record: Record
    let warnings: [String]
    var parked: Parked
}

extension Runtime {
    /// Makes what was designed; on failure takes back all but the state directory, which its caller made.
    func build(
        _ design: Design, _ receivers: borrowing Receivers, _ directory: borrowing StateDirectory
    ) throws(LifecycleError) -> Established {
        var warnings = design.blueprint.warnings
        var housing = try makeCgroup(design, directory, &warnings)
        let killsBefore = oomKills(in: housing.cgroup)
        do throws(LifecycleError) {
            let record = makeRecord(design, nobody, path(of: housing.cgroup))
            try failing { () throws(StoreError) in try directory.save(record, .claimed) }
            return try populate(design, &housing, receivers, directory, warnings)
        } catch {
            var message = "\(error)"
            if oomKills(in: housing.cgroup) > killsBefore { message = "\(outOfMemory): \(message)" }
            do throws(LifecycleError) { try housing.vacate() } catch let second {
                message += "; and its cgroup could not be removed: \(second)"
            }
            do throws(LifecycleError) { try design.blueprint.undo() } catch let second { message += "; and \(second)" }
            for failure in runHooksRegardless(design.config.hooks.poststop, "poststop", design.state) {
                message += "; \(failure)"
            }
            throw LifecycleError(message)
        }
    }

    /// Writes down the cgroup that is about to be made: should this process be killed, `delete` finds what to take back.
    func intend(_ design: Design, _ cgroupPath: String, _ directory: borrowing StateDirectory) throws(LifecycleError) {
        try failing { () throws(StoreError) in try directory.save(makeRecord(design, nobody, cgroupPath), .intended) }
    }

    private func populate(
        _ design: Design, _ housing: inout Housing, _ receivers: borrowing Receivers,
        _ directory: borrowing StateDirectory, _ warnings: [String]
    ) throws(LifecycleError) -> Established {
        let place: Place
        do throws(SyscallError) {
            place = Place(
                state: design.state, gate: try Gate.makeFifo(Gate.draft, in: directory.descriptor),
                report: try Gate.makeFifo(Gate.report, in: directory.descriptor))
        } catch { throw LifecycleError("\(error)") }
        if design.request.tellsReadiness { try makeNotifyDirectory(directory) }
        let parked = try design.blueprint.launch(place, in: housing.cgroup)
        do throws(LifecycleError) {
            let record = try publish(design, parked, housing.cgroup, receivers, directory)
            try housing.settle()
            try parked.conversation.letGo()
            return Established(record: record, warnings: warnings, parked: parked)
        } catch {
            do throws(SyscallError) { try parked.kill() } catch let second {
                throw LifecycleError("\(error); and container init could not be ended: \(second)")
            }
            throw error
        }
    }

    /// Tells the world, the pid file last: who reads it may rely on all else.
    private func publish(
        _ design: Design, _ parked: borrowing Parked, _ cgroup: borrowing Cgroup?, _ receivers: borrowing Receivers,
        _ directory: borrowing StateDirectory
    ) throws(LifecycleError) -> Record {
        let identity: ProcessIdentity
        do throws(SyscallError) { identity = try ProcessIdentity(of: parked.pid) } catch {
            throw LifecycleError("read start time of container init: \(error)")
        }
        let record = makeRecord(design, identity, path(of: cgroup))
        try failing { () throws(StoreError) in try directory.save(record) }
        do throws(SyscallError) {
            let copy = try Kernel.open(
                storedConfigName, beneath: directory.descriptor, [.writeOnly, .create, .exclusive], permissions: 0o600)
            try write(design.document, to: copy, subject: storedConfigName)
            try rename(Gate.draft, at: directory.descriptor, to: Gate.name, at: directory.descriptor)
        } catch { throw LifecycleError("\(error)") }
        try announce(parked, receivers, pidFile: design.request.pidFile, name: "standard")
        return record
    }

    /// Hands descriptors to those who asked, and writes the pid file last: who reads it may rely on all else.
    func announce(
        _ parked: borrowing Parked, _ receivers: borrowing Receivers, pidFile: String?, name: String
    ) throws(LifecycleError) {
        do throws(SyscallError) {
            try sendCopy(of: parked.terminal, "/dev/pts/ptmx", to: receivers.console)
            try sendCopy(of: try parked.pidfd.descriptor.duplicate(), name, to: receivers.pidfd)
        } catch { throw LifecycleError("\(error)") }
        guard let pidFile else { return }
        do throws(SyscallError) { try writePidFile(parked.pid, pidFile) } catch { throw LifecycleError("--pid-file: \(error)") }
    }
}

/// The init of a container that has none yet.
private let nobody = ProcessIdentity(pid: 0, startTime: 0)

private func path(of cgroup: borrowing Cgroup?) -> String {
    switch cgroup {
    case .some(let cgroup): cgroup.placement.path
    case .none: ""
    }
}

/// Sends a descriptor to whoever asked for it, in one message with a name of its own.
private func sendCopy(of fd: borrowing OwnedFD?, _ name: String, to receiver: borrowing OwnedFD?) throws(SyscallError) {
    switch receiver {
    case .none: return
    case .some(let socket):
        switch fd {
        case .none: return
        case .some(let fd): _ = try send(Array(name.utf8), with: fd, on: socket)
        }
    }
}
