/// Where the containers of the tests run.
public enum Backend: String, Hashable, Sendable {
    /// On this machine.
    case host
    /// Each in a virtual machine of its own: the runtime is called under a name by which it makes one for every bundle.
    case vm
}

/// Tests of the lifecycle that cannot be the same for a container in a virtual machine. docs/sandbox.md has the same list.
public enum SandboxException {
    /// A suite, or a test in one: `Suite/name`.
    public static let all: [(test: String, reason: String)] = [
    ]

    /// Why the test does not apply; nil: it does.
    static func reason(_ names: [String]) -> String? {
        let plain = names.map { String($0.prefix { $0 != "(" }.filter { $0 != "`" }) }
        guard let suite = plain.first, let test = plain.last else { return nil }
        return all.first { $0.test == suite || $0.test == "\(suite)/\(test)" }?.reason
    }
}
