public import JSON

/// Has the configuration of a container, to change one thing or another of it.
public protocol Configurable: AnyObject {
    var config: Value { get set }
}

extension Configurable {
    public func set(_ pointer: String, _ value: Value) { config.set(pointer, value) }

    public func append(_ pointer: String, _ value: Value) { config.append(pointer, value) }

    public func remove(_ pointer: String) { config.remove(pointer) }

    /// Appends a mount.
    public func mount(_ destination: String, _ type: String, _ source: String, _ options: [String] = []) {
        append(
            "/mounts", ["destination": .string(destination), "type": .string(type), "source": .string(source), "options": Value(options)])
    }

    /// Takes away the mount at `destination`.
    public func unmount(_ destination: String) {
        let mounts = config.at("/mounts")?.array ?? []
        set("/mounts", .array(mounts.filter { $0["destination"]?.string != destination }))
    }

    /// Joins the namespace at `namespace`, makes a new one for "", or leaves it that of the runtime for nil.
    public func namespace(_ type: String, _ namespace: String?) {
        let others = (config.at("/linux/namespaces")?.array ?? []).filter { $0["type"]?.string != type }
        guard let namespace else { return set("/linux/namespaces", .array(others)) }
        let entry: Value = namespace.isEmpty ? ["type": .string(type)] : ["type": .string(type), "path": .string(namespace)]
        set("/linux/namespaces", .array(others + [entry]))
    }
}
