internal import AgentProtocol
internal import GuestPlan
internal import JSON
internal import Spec

/// What a process that stands for one in a guest is told by the runtime that starts it: a JSON document in a memory file.
struct Order {
    /// Directory of all containers.
    var root: String
    var id: String
    /// The container whose machine it is; its own id: the machine is to be booted.
    var sandbox: String
    /// `create` or `exec`.
    var request: Request
    /// Of `create`: config.json as it was written, whose hooks and machine are the host's business.
    var config = Value.null
    /// Absolute path.
    var bundle = ""
    var shares: [GuestPlan.Share] = []
    /// The directory of the socket where it is to be told that the container's program is ready; empty: nobody waits.
    var notify = ""
    /// Of the machine.
    var size = MachineSize(memory: 0, vcpus: 0)
    var sysctls: [Value.Member] = []

    init(root: String, id: String, sandbox: String, _ request: Request) {
        self.root = root
        self.id = id
        self.sandbox = sandbox
        self.request = request
    }

    var createsContainer: Bool {
        if case .create = request { true } else { false }
    }

    var bootsMachine: Bool { createsContainer && sandbox == id }
}

extension Order {
    private static let limits = Limits(bytes: 64 << 20, depth: 72)

    var text: [UInt8] {
        let value: Value = [
            "root": .string(root), "id": .string(id), "sandbox": .string(sandbox),
            "request": .string(String(decoding: request.text, as: UTF8.self)), "config": config, "bundle": .string(bundle),
            "notify": .string(notify), "shares": .array(shares.map(\.value)), "memory": Value(size.memory), "vcpus": Value(size.vcpus),
            "sysctls": .object(sysctls),
        ]
        return Array(value.text(.compact).utf8)
    }

    init(_ text: [UInt8]) throws(SandboxError) {
        do {
            let reader = Reader(try parse(text, Self.limits))
            self.init(
                root: try reader.required("root").string(), id: try reader.required("id").string(),
                sandbox: try reader.required("sandbox").string(), try Request(Array(try reader.required("request").string().utf8)))
            config = try reader.member("config")?.value ?? .null
            bundle = try reader.required("bundle").string()
            notify = try reader.required("notify").string()
            for element in try reader.required("shares").elements() { shares.append(try GuestPlan.Share(element)) }
            size = MachineSize(
                memory: try reader.required("memory").integer(in: 0...UInt64.max),
                vcpus: try reader.required("vcpus").integer(in: 0...UInt32.max))
            for (key, value) in try reader.required("sysctls").members() { sysctls.append(.init(key, value.value)) }
        } catch { throw .failed("the order of the runtime: \(error)") }
    }
}

extension GuestPlan.Share {
    var value: Value {
        [
            "name": .string(name), "source": .string(source), "isDirectory": .bool(kind == .directory),
            "isReadOnly": .bool(access == .readOnly), "isRecursive": .bool(reach == .all), "owners": owners.map(\.value) ?? .null,
        ]
    }

    init(_ reader: Reader) throws(JSONError) {
        self.init(
            try reader.required("name").string(), source: try reader.required("source").string(),
            kind: try reader.required("isDirectory").bool() ? .directory : .file,
            access: try reader.required("isReadOnly").bool() ? .readOnly : .readWrite,
            reach: try reader.required("isRecursive").bool() ? .all : .one,
            owners: try reader.member("owners").map { owners throws(JSONError) in try Owners(owners) })
    }
}

extension GuestPlan.Share.Owners {
    var value: Value { ["uids": Self.list(uids), "gids": Self.list(gids), "isRecursive": .bool(reach == .all)] }

    init(_ reader: Reader) throws(JSONError) {
        self.init(
            uids: try Self.mappings(reader.required("uids")), gids: try Self.mappings(reader.required("gids")),
            reach: try reader.required("isRecursive").bool() ? .all : .one)
    }

    private static func list(_ mappings: [IDMapping]) -> Value {
        .array(mappings.map { ["containerID": Value($0.containerID), "hostID": Value($0.hostID), "size": Value($0.size)] })
    }

    private static func mappings(_ reader: Reader) throws(JSONError) -> [IDMapping] {
        var mappings: [IDMapping] = []
        for element in try reader.elements() {
            mappings.append(
                IDMapping(
                    containerID: try element.required("containerID").integer(in: 0...UInt32.max),
                    hostID: try element.required("hostID").integer(in: 0...UInt32.max),
                    size: try element.required("size").integer(in: 0...UInt32.max)))
        }
        return mappings
    }
}

extension Order {
    var hasTerminal: Bool {
        switch request {
        case .create(let create): create.hasTerminal
        case .exec(let exec): exec.hasTerminal
        default: false
        }
    }
}
