internal import Cgroups
internal import Filters
internal import JSON
internal import Kernel
internal import Launch
internal import Plan
internal import Spec
internal import Store

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
        let config = withNotifySocket(bundle.config, id)
        try checkTerminal(config.process?.hasTerminal ?? false, request.attachment)
        try checkKernel()
        let listenCount = try listenDescriptors()
        try checkDescriptors(listenCount + request.preservedDescriptors)
        let host = try failing { () throws(CgroupsError) in try HostCgroups.current() }
        let filter = try compileFilter(config)
        var launch = LaunchRequest()
        launch.id = id.text
        launch.rootChange = request.rootChange == .move ? .move : .pivot
        launch.keyringName = request.keyring == .new ? "_ses.\(id.text)" : nil
        launch.listenDescriptors = listenCount
        launch.preservedDescriptors = listenCount + request.preservedDescriptors
        launch.filter = filter
        var state = State()
        state.id = id.text
        state.bundle = bundle.path
        state.annotations = config.annotations
        launch.createStatePIDOffset = hookPIDOffset(of: state, .creating)
        launch.startStatePIDOffset = hookPIDOffset(of: state, .created)
        var facts = try failing { () throws(LaunchError) in try readFacts(config, bundle: bundle.path, host) }
        if request.rootChange == .move {
            facts.kernelMountPoints = try failing { () throws(LaunchError) in try kernelMountPoints() }
        }
        let plan = try planned(config, launch, facts)
        let site = try site(config, id, host)
        var resources = config.linux.resources
        if case .unit = site { resources = aligned(resources) }
        return Design(
            request: request, id: id, config: config, document: bundle.document, state: state, rootfs: facts.rootfs, plan: plan, site: site,
            limits: try failing { () throws(CgroupsError) in try Cgroups.Limits(resources) },
            devices: try failing { () throws(CgroupsError) in try DeviceProgram(config.linux.resources.devices) },
            isInUserNamespace: facts.isInUserNamespace)
    }

    private func planned(_ config: Config, _ launch: LaunchRequest, _ facts: HostFacts) throws(LifecycleError) -> LaunchPlan {
        do throws(PlanError) { return try Plan.plan(config, launch, facts) } catch { throw LifecycleError("\(error)") }
    }

    func compileFilter(_ config: Config) throws(LifecycleError) -> FilterProgram? {
        guard let seccomp = config.linux.seccomp else { return nil }
        guard let filter = try failing({ () throws(FilterError) in try compile(seccomp) }) else { return nil }
        return FilterProgram(instructions: bytes(filter.program), flags: filter.flags, hasListener: filter.needsListener)
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
    let rootfs: String
    let plan: LaunchPlan
    let site: Site
    let limits: Cgroups.Limits
    let devices: DeviceProgram
    /// Whether the runtime itself is root of no more than a user namespace.
    let isInUserNamespace: Bool
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

/// Instructions of 8 bytes, each in the order of this machine.
private func bytes(_ instructions: [UInt64]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(instructions.count * 8)
    for instruction in instructions {
        #if _endian(little)
            for shift in stride(from: UInt64(0), to: 64, by: 8) { result.append(UInt8(truncatingIfNeeded: instruction >> shift)) }
        #else
            for shift in stride(from: UInt64(56), through: 0, by: -8) { result.append(UInt8(truncatingIfNeeded: instruction >> shift)) }
        #endif
    }
    return result
}

/// The oldest kernel that has clone3(2) into a cgroup, the mount API with mount_setattr(2), and cgroup.kill.
private func checkKernel() throws(LifecycleError) {
    let release = try failing { () throws(SyscallError) in try KernelRelease.current() }
    guard release.isAtLeast(5, 14) else { throw LifecycleError("Linux 5.14 or newer is needed, this is \(release.text)") }
}
