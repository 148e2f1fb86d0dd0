internal import Cgroups
internal import Kernel
internal import Spec
internal import Store

/// What hooks are told of a container that is being made.
func hookState(_ id: ContainerID, _ bundle: Bundle) -> State {
    var state = State()
    state.id = id.text
    state.bundle = bundle.path
    state.annotations = bundle.config.annotations
    return state
}

extension Runtime {
    /// Makes a container that waits for `start` (runtime-spec runtime.md). On failure nothing of it is left.
    ///
    /// Returns the warnings a careful user wants to know (shown with --debug, never an error).
    @discardableResult
    public func create(_ request: CreateRequest) throws(LifecycleError) -> [String] {
        try establish(request).warnings
    }

    /// The container up to its gate, let go by nobody yet but with all its traces written.
    func establish(_ request: CreateRequest) throws(LifecycleError) -> Established {
        let id = try containerID(request.id)
        let bundle = try Bundle(request.bundle)
        let design = try design(request, id, bundle)
        let receivers = try Receivers(request.attachment, pidfdSocket: request.pidfdSocket)
        let directory = try failing { () throws(StoreError) in try store.create(id) }
        do throws(LifecycleError) {
            return try build(design, receivers, directory)
        } catch {
            do throws(StoreError) { try store.open(id).remove() } catch let second {
                throw LifecycleError("\(error); and its state directory could not be removed: \(second)")
            }
            throw error
        }
    }

    /// Decides everything, and touches nothing.
    func design(_ request: CreateRequest, _ id: ContainerID, _ bundle: Bundle) throws(LifecycleError) -> Design {
        try checkTerminal(bundle.config.process?.hasTerminal ?? false, request.attachment)
        try checkKernel()
        let cgroups = try failing { () throws(CgroupsError) in try HostCgroups.current() }
        let guest = try guests?.design(request, id, bundle)
        var bundle = bundle
        // No socket of the host can be reached from another kernel: the guest makes one of its own.
        if guest == nil && request.tellsReadiness { bundle.config = withNotifySocket(bundle.config, id) }
        let blueprint: any Blueprint = if let guest { guest } else { try host.plan(request, id, bundle) }
        return Design(
            request: request, id: id, config: bundle.config, document: bundle.document, state: hookState(id, bundle),
            site: try site(bundle.config, id, cgroups), blueprint: blueprint)
    }

    func checkTerminal(_ hasTerminal: Bool, _ attachment: CreateRequest.Attachment) throws(LifecycleError) {
        switch attachment {
        case .foreground: break
        case .detached(let socket):
            if hasTerminal && socket == nil {
                throw LifecycleError("cannot allocate tty if runc will detach without setting console socket")
            }
            if !hasTerminal && socket != nil {
                throw LifecycleError("cannot use console socket if runc will not detach or allocate tty")
            }
        }
    }
}

/// All that was decided about a container that is to be made.
struct Design {
    let request: CreateRequest
    let id: ContainerID
    let config: Config
    /// The bytes of config.json, kept for `exec`.
    let document: [UInt8]
    let state: State
    let site: Site
    let blueprint: any Blueprint
}

/// Those who are sent descriptors of the new container: connected before anything is made, since they may not be there.
struct Receivers: ~Copyable {
    var console: OwnedFD?
    var pidfd: OwnedFD?

    init(_ attachment: CreateRequest.Attachment, pidfdSocket: String?) throws(LifecycleError) {
        if case .detached(let socket?) = attachment { console = try connected(socket, "--console-socket") } else { console = nil }
        if let socket = pidfdSocket { pidfd = try connected(socket, "--pidfd-socket") } else { pidfd = nil }
    }
}

private func connected(_ path: String, _ flag: String) throws(LifecycleError) -> OwnedFD {
    do throws(SyscallError) { return try connect(path) } catch { throw LifecycleError("\(flag): \(error)") }
}

/// The oldest kernel that has clone3(2) into a cgroup, the mount API with mount_setattr(2), and cgroup.kill.
private func checkKernel() throws(LifecycleError) {
    let release = try failing { () throws(SyscallError) in try KernelRelease.current() }
    guard release.isAtLeast(5, 14) else { throw LifecycleError("Linux 5.14 or newer is needed, this is \(release.text)") }
}
