import Spec

/// Which devices a container may use: a default and the exceptions to it.
///
/// The list of rules in config.json means what writing it, line by line, to devices.allow and devices.deny of cgroup v1 meant
/// (kernel: Documentation/admin-guide/cgroup-v1/devices.rst): it starts with everything denied.
struct DeviceExceptions: Hashable {
    /// A set of devices; nil: every number.
    struct Key: Hashable {
        var kind: DeviceRule.Kind
        var major: UInt32?
        var minor: UInt32?
    }

    private(set) var allowsByDefault = false
    private(set) var exceptions: [Key: DeviceRule.Access] = [:]

    /// Takes one more rule into account; `field` names it in an error.
    mutating func apply(_ rule: DeviceRule, _ field: @autoclosure () -> String) throws(CgroupsError) {
        if rule.kind == .all {
            // v1 looks at nothing else of such a rule.
            allowsByDefault = rule.isAllowed
            exceptions = [:]
            return
        }
        guard !rule.access.isEmpty else { throw .config(path: "\(field())/access", problem: "must not be empty") }
        let key = Key(kind: rule.kind, major: rule.major, minor: rule.minor)
        if rule.isAllowed == allowsByDefault {
            try checkHole(key, rule.access, field())
            exceptions[key]?.subtract(rule.access)
            if exceptions[key]?.isEmpty == true { exceptions[key] = nil }
        } else {
            exceptions[key, default: []].formUnion(rule.access)
        }
    }

    /// v1 takes exceptions back as they were given or not at all, silently: a part of a wider one would stay in force although
    /// its author thinks it gone. As in runc, that is an error.
    private func checkHole(
        _ key: Key, _ access: DeviceRule.Access, _ field: @autoclosure () -> String
    ) throws(CgroupsError) {
        for wider in [
            Key(kind: key.kind, minor: key.minor), Key(kind: key.kind, major: key.major), Key(kind: key.kind),
        ] where wider != key && exceptions[wider]?.isDisjoint(with: access) == false {
            throw .config(path: field(), problem: "cannot take \(key) back: an earlier rule is for all of \(wider)")
        }
    }

    /// What is allowed in sum: everything, with no exception.
    var allowsEverything: Bool { allowsByDefault && exceptions.isEmpty }

    /// In an order that depends on nothing but the rules.
    var sorted: [(key: Key, access: DeviceRule.Access)] {
        func order(_ key: Key) -> (UInt64, UInt64, String) {
            // Every number before each single one.
            (key.major.map { UInt64($0) + 1 } ?? 0, key.minor.map { UInt64($0) + 1 } ?? 0, key.kind.rawValue)
        }
        return exceptions.sorted { order($0.key) < order($1.key) }.map { (key: $0.key, access: $0.value) }
    }
}

extension DeviceExceptions.Key: CustomStringConvertible {
    var description: String {
        "\(kind.rawValue) \(major.map(String.init) ?? "*"):\(minor.map(String.init) ?? "*")"
    }
}
