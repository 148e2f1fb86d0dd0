internal import Cgroups
internal import Kernel
internal import Launch
internal import Plan
internal import Spec
internal import Store
internal import Systemd

extension Runtime {
    /// All that later verbs need: they never look at config.json again.
    func makeRecord(_ design: Design, _ identity: ProcessIdentity, _ cgroupPath: String) -> Record {
        var driver = Record.CgroupDriver.cgroupfs
        // Whose systemd has the unit; without one nobody asks.
        var isRootless = false
        if case .unit(let unit) = design.site {
            driver = .systemd
            isRootless = unit.instance == .user
        }
        let late = design.blueprint.lateSteps
        return Record(
            id: design.id, bundle: design.state.bundle, rootfs: design.blueprint.rootfs, created: "\(Timestamp.now())",
            identity: identity, cgroupPath: cgroupPath, cgroupDriver: driver,
            hasOwnPIDNamespace: design.blueprint.hasOwnPIDNamespace, sandbox: design.blueprint.sandbox, isRootless: isRootless,
            annotations: design.config.annotations, poststart: design.config.hooks.poststart,
            poststop: design.config.hooks.poststop, lateSteps: late.texts, lateStepBase: late.first)
    }
}

/// Digits and nothing else, whole or not at all: callers read it as soon as it is there.
func writePidFile(_ pid: Int32, _ path: String) throws(SyscallError) {
    let draft = Path.join(Path.parent(path), "." + Path.lastComponent(path))
    let file = try open(draft, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o666)
    do throws(SyscallError) {
        try write("\(pid)", to: file, subject: draft)
        try rename(draft, to: path)
    } catch {
        try removeFile(draft)
        throw error
    }
}

/// How many descriptors $LISTEN_FDS passes on. sd_listen_fds(3).
public func listenDescriptors() throws(LifecycleError) -> UInt32 {
    // Meant for whoever has that pid; this process kept its own over every execve(2).
    guard let text = environment("LISTEN_FDS"), !text.isEmpty, environment("LISTEN_PID") == "\(ownPID())" else { return 0 }
    guard let count = UInt32(text), count < 1 << 20 else {
        throw LifecycleError("$LISTEN_FDS: must be a number of descriptors, found \"\(text)\"")
    }
    return count
}

/// Each descriptor that is to be passed on must be there; `listed` are those of $LISTEN_FDS, which come first.
func checkDescriptors(_ count: UInt32, after listed: UInt32 = 0) throws(LifecycleError) {
    guard count < 1 << 20 else { throw LifecycleError("--preserve-fds: \(count) are more than a process can have") }
    for fd in 3..<3 + Int32(listed + count) where !isInherited(fd) {
        throw LifecycleError("--preserve-fds: descriptor \(fd) is not open")
    }
}
