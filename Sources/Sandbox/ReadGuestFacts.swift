internal import GuestPlan
internal import JSON
internal import Kernel
internal import Spec
internal import Store

/// Reads what planning a container in a guest must know of the host.
func readGuestFacts(_ config: Config, _ bundle: String, _ placement: Placement, root: String) throws(SandboxError) -> GuestFacts {
    var facts = GuestFacts()
    facts.bundle = bundle
    facts.rootfs = try rootfs(config, bundle)
    for (path, reach) in GuestPlan.sources(of: config, bundle: bundle) { facts.sources[path] = try look(at: path, reach) }
    let own = try namespaces(of: "self")
    let paths = config.linux.namespaces.filter { !$0.path.isEmpty }
    for namespace in paths where isFile(namespace.path, own[namespace.kind]) { facts.sharedNamespaces.insert(namespace.kind) }
    if case .joins(let sandbox) = placement {
        let record = try record(of: sandbox, root)
        facts.sandboxPID = record.identity.pid
        let theirs = try namespaces(of: "\(record.identity.pid)")
        for namespace in paths where isFile(namespace.path, theirs[namespace.kind]) && !isSame(theirs[namespace.kind], own[namespace.kind])
        {
            facts.sandboxShared.insert(namespace.kind)
        }
        facts.sandboxNamespaces = try storedConfig(of: sandbox, root).linux.namespaces.filter { !$0.path.isEmpty }
    }
    try step("read the host") { () throws(SyscallError) in
        facts.processors = processors(try readText("/sys/devices/system/cpu/online"))
        facts.memory = mebibytes(try ProcFS.open().readText("meminfo"))
    }
    return facts
}

/// The record of a container that has a machine, and runs.
func record(of sandbox: String, _ root: String) throws(SandboxError) -> Record {
    let record: Record
    do throws(StoreError) { record = try Store(root: root).open(try ContainerID(sandbox)).load() } catch {
        if case .missing = error { throw .failed("sandbox \(sandbox), whose virtual machine is to be joined, does not exist") }
        throw .failed("sandbox \(sandbox), whose virtual machine is to be joined: \(error)")
    }
    guard record.sandbox == sandbox else { throw .failed("container \(sandbox), whose virtual machine is to be joined, has none") }
    guard try step("look at sandbox \(sandbox)", { () throws(SyscallError) in try record.identity.isAlive() }) else {
        throw .failed("sandbox \(sandbox), whose virtual machine is to be joined, is not running")
    }
    return record
}

private func storedConfig(of sandbox: String, _ root: String) throws(SandboxError) -> Config {
    let path = Path.join(Path.join(root, sandbox), "config.json")
    let bytes = try step("sandbox \(sandbox)") { () throws(SyscallError) in try readFile(path, limit: JSON.Limits.document.bytes) }
    do throws(SpecError) { return try Config(bytes: bytes) } catch { throw .failed("\(path): \(error)") }
}

private func rootfs(_ config: Config, _ bundle: String) throws(SandboxError) -> String {
    let path = Path.absolute(config.root.path, in: bundle)
    let resolved = try step("config.json: /root/path") { () throws(SyscallError) in try realPath(path) }
    let kind = try step("config.json: /root/path") { () throws(SyscallError) in try status(of: resolved).kind }
    guard kind == .directory else { throw .failed("config.json: /root/path: \(path) must be a directory") }
    guard resolved != "/" else { throw .failed("config.json: /root/path: cannot be the host's root") }
    return resolved
}

private func look(at path: String, _ reach: GuestPlan.Share.Reach) throws(SandboxError) -> GuestFacts.Source {
    do throws(SyscallError) {
        let file = try open(path, .path)
        switch try fileSystem(of: file).magic {
        case .proc: return .kernel("a procfs")
        case .sys: return .kernel("a sysfs")
        default: break
        }
        switch try status(of: file).kind {
        case .directory: return .directory
        case .regular: return .file
        case .characterDevice, .blockDevice: return .special("device")
        case .fifo: return .special("fifo")
        case .socket: return .special("socket")
        default: return .special("file")
        }
    } catch { throw .failed("open mount source \(path)\(reach == .all ? " and below" : ""): \(error.errno)") }
}

/// The files of a process's namespaces; those that cannot be looked at are left out.
private func namespaces(of process: String) throws(SandboxError) -> [Namespace.Kind: FileStatus] {
    var result: [Namespace.Kind: FileStatus] = [:]
    for kind in Namespace.Kind.allCases {
        let name =
            switch kind {
            case .network: "net"
            case .mount: "mnt"
            default: kind.rawValue
            }
        do throws(SyscallError) { result[kind] = try status(of: "/proc/\(process)/ns/\(name)") } catch { continue }
    }
    return result
}

private func isFile(_ path: String, _ status: FileStatus?) -> Bool {
    do throws(SyscallError) { return isSame(try Kernel.status(of: path), status) } catch { return false }
}

private func isSame(_ one: FileStatus?, _ other: FileStatus?) -> Bool {
    guard let one, let other else { return false }
    return one.isSameFile(as: other)
}

/// How many a list such as `0-3,6` has.
private func processors(_ list: String) -> UInt32 {
    var count: UInt32 = 0
    for range in list.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
        let ends = range.split(separator: "-").compactMap { UInt32($0) }
        if let first = ends.first, let last = ends.last, last >= first { count += last - first + 1 }
    }
    return max(count, 1)
}

/// MiB, of /proc/meminfo.
private func mebibytes(_ text: String) -> UInt64 {
    for line in text.split(separator: "\n") where line.hasPrefix("MemTotal:") {
        let words = line.split(whereSeparator: \.isWhitespace)
        if words.count > 1, let kibibytes = UInt64(words[1]) { return kibibytes >> 10 }
    }
    return 1 << 20
}
