public import JSON

/// What the probe saw of itself.
public struct Report {
    public let value: Value

    public init(_ value: Value) { self.value = value }

    public subscript(_ pointer: String) -> Value? { value.at("/" + pointer) }

    public func strings(_ pointer: String) -> [String] { self[pointer]?.strings ?? [] }

    public func integers(_ pointer: String) -> [Int] { self[pointer]?.array?.compactMap(\.integer) ?? [] }

    public var mounts: [Mount] { (self["mounts"]?.array ?? []).map(Mount.init) }

    /// The topmost mount at `point`.
    public func mount(at point: String) -> Mount? { mounts.last { $0.point == point } }

    /// `NAME` of the environment; nil where it is not there.
    public func variable(_ name: String) -> String? {
        strings("env").first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// A capability set as a bit mask: `effective`, `permitted`, `inheritable`, `bounding`, `ambient`.
    public func capabilities(_ set: String) -> UInt64 { self["caps/" + set]?.string.flatMap { UInt64($0, radix: 16) } ?? .max }

    /// Soft and hard limit; `.max` is no limit.
    public func limit(_ name: String) -> [UInt64] { self["rlimits/" + name]?.array?.compactMap(\.unsigned) ?? [] }

    public func namespace(_ name: String) -> String? { self["namespaces/" + name]?.string }

    /// Numbers of the open descriptors.
    public var descriptors: [Int] { (self["fds"]?.array ?? []).compactMap { $0["fd"]?.integer } }

    /// Where descriptor `number` leads.
    public func target(ofDescriptor number: Int) -> String? {
        (self["fds"]?.array ?? []).first { $0["fd"]?.integer == number }?["target"]?.string
    }
}

/// One line of mountinfo.
public struct Mount {
    public let id: Int
    public let parent: Int
    public let root: String
    public let point: String
    public let options: [String]
    /// `shared:3`, `master:1`, `unbindable`.
    public let optional: [String]
    public let type: String
    public let source: String
    public let superOptions: [String]

    init(_ value: Value) {
        id = value["id"]?.integer ?? 0
        parent = value["parent"]?.integer ?? 0
        root = value["root"]?.string ?? ""
        point = value["point"]?.string ?? ""
        options = value["options"]?.strings ?? []
        optional = value["optional"]?.strings ?? []
        type = value["type"]?.string ?? ""
        source = value["source"]?.string ?? ""
        superOptions = value["super"]?.strings ?? []
    }
}
