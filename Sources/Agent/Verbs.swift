internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Lifecycle
internal import Spec
internal import Store

/// The runtime of the guest: the same as on a host, over directories of its own.
let runtime = Runtime(Settings(root: Place.state, isRootExplicit: true))

/// Makes the container, whose init waits at its gate. In a worker.
func create(_ order: CreateOrder, console: String?) throws(LifecycleError) -> Outcome {
    let id = try checked(order.id)
    let config = try configuration(order)
    let bundle = Path.join(Place.bundles, id)
    do throws(SyscallError) {
        try ignoring(.exists) { () throws(SyscallError) in try makeDirectory(bundle, permissions: 0o700) }
        let file = try open(bundle + "/config.json", [.writeOnly, .create, .truncate], permissions: 0o600)
        try write(config.text(.compact), to: file)
    } catch { throw LifecycleError("\(error)") }
    do throws(LifecycleError) {
        try runtime.create(
            CreateRequest(
                id: id, bundle: bundle, attachment: .detached(consoleSocket: console), tellsReadiness: order.tellsReadiness))
    } catch {
        // Another container of this name may be the reason.
        if case .missing = presence(id) { try removeBundle(id) }
        throw error
    }
    return Outcome(pid: try runtime.state(id).state.pid)
}

/// Runs a process in the container. In a worker; `files` is a path that is its own.
func exec(_ order: ExecOrder, console: String?, files: String) throws(LifecycleError) -> Outcome {
    let (program, pidFile) = (files + ".json", files + ".pid")
    do throws(SyscallError) {
        let file = try open(program, [.writeOnly, .create, .truncate], permissions: 0o600)
        try write(order.process.text(.compact), to: file)
    } catch { throw LifecycleError("\(error)") }
    defer { for path in [program, pidFile] { removeIfThere(path) } }
    var request = ExecRequest(id: order.id, program: .file(program), attachment: .detached(consoleSocket: console))
    request.pidFile = pidFile
    request.cgroup = order.cgroup
    request.paused = order.mayBePaused ? .ignored : .refused
    _ = try runtime.exec(request)
    do throws(SyscallError) {
        guard let pid = Int32(try readText(pidFile)) else { throw SyscallError("read", pidFile, .invalid) }
        return Outcome(pid: pid)
    } catch { throw LifecycleError("\(error)") }
}

/// A verb that ends with its answer. In a worker.
func perform(_ request: Request) throws(LifecycleError) -> Outcome {
    switch request {
    case .start(let id): try runtime.start(id)
    case .kill(let id, let signal, let extent):
        try runtime.kill(id, signal: signal, extent == .all ? .all : .initProcess)
    case .delete(let id, let isForced):
        try runtime.delete(id, isForced ? .yes : .no)
        try removeBundle(id)
    case .pause(let id): try runtime.pause(id)
    case .resume(let id): try runtime.resume(id)
    case .update(let id, let resources):
        let values: Resources
        do throws(SpecError) { values = try Resources(json: resources, at: "resources") } catch { throw LifecycleError("\(error)") }
        return Outcome(value: Value(try runtime.update(id, .values(values))))
    case .processTable(let id): return Outcome(value: Value(table(of: try runtime.processes(id))))
    case .processes(let id): return Outcome(value: .array(try runtime.processes(id).map { Value($0) }))
    case .statistics(let id): return Outcome(value: try runtime.statistics(id).json)
    case .state(let id): return Outcome(value: .string(try runtime.state(id).state.status.rawValue))
    default: throw LifecycleError("the agent cannot do that")
    }
    return Outcome()
}

/// config.json as the guest has it: the cgroup, and the namespaces of the pod.
private func configuration(_ order: CreateOrder) throws(LifecycleError) -> Value {
    var config = order.config
    var linux = config["linux"] ?? .object([])
    var namespaces: [Value] = []
    if case .array(let given) = linux["namespaces"] ?? .null { namespaces = given }
    if !order.joins.isEmpty {
        let pid = try runtime.state(order.sandbox).state.pid
        guard pid > 0 else { throw LifecycleError("container \(order.sandbox), whose namespaces are to be joined, is not running") }
        for kind in order.joins { try join(kind, of: pid, in: &namespaces) }
    }
    try checkIsolation(namespaces)
    linux.set("namespaces", .array(namespaces))
    linux.set("cgroupsPath", .string("/" + order.id))
    config.set("linux", linux)
    return config
}

private func join(_ kind: String, of pid: Int32, in namespaces: inout [Value]) throws(LifecycleError) {
    let names = ["pid": "pid", "network": "net", "ipc": "ipc", "uts": "uts", "user": "user", "cgroup": "cgroup", "time": "time"]
    guard let name = names[kind] else { throw LifecycleError("a namespace of the kind \"\(kind)\" cannot be joined") }
    namespaces.removeAll { $0["type"] == .string(kind) }
    namespaces.append(["type": .string(kind), "path": .string("/proc/\(pid)/ns/\(name)")])
}

/// A container beside the agent in its pid namespace could trace it. None is in its mount namespace: every plan has a new one.
private func checkIsolation(_ namespaces: [Value]) throws(LifecycleError) {
    guard namespaces.contains(where: { $0["type"] == "pid" }) else {
        throw LifecycleError("config.json: /linux/namespaces: the pid namespace of the guest's own processes cannot be a container's")
    }
}

private func checked(_ id: String) throws(LifecycleError) -> String {
    do throws(StoreError) { return try ContainerID(id).text } catch { throw LifecycleError("\(error)") }
}

private enum Presence { case there, missing }

private func presence(_ id: String) -> Presence {
    do throws(LifecycleError) {
        _ = try runtime.state(id)
        return .there
    } catch { return .missing }
}

private func removeBundle(_ id: String) throws(LifecycleError) {
    let bundle = Path.join(Place.bundles, try checked(id))
    do throws(SyscallError) {
        try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(bundle + "/config.json") }
        try ignoring(.noEntry) { () throws(SyscallError) in try removeDirectory(bundle) }
    } catch { throw LifecycleError("\(error)") }
}

/// Of what only this process knows the name.
func removeIfThere(_ path: String) {
    do throws(SyscallError) { try removeFile(path) } catch { _ = error }
}

extension Value {
    /// Gives an object's member `key` this value.
    mutating func set(_ key: String, _ value: Value) {
        guard case .object(var members) = self else { return self = .object([.init(key, value)]) }
        if let index = members.firstIndex(where: { $0.key.isSame(as: key) }) {
            members[index].value = value
        } else {
            members.append(.init(key, value))
        }
        self = .object(members)
    }
}
