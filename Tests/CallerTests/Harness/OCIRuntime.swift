import TestKit

/// What a caller is told to run as its runtime.
struct OCIRuntime: Sendable, Equatable {
    /// What callers know it by.
    let name: String
    let path: String
    /// Where it keeps its containers unless told otherwise.
    let root: String

    init(name: String, path: String, root: String? = nil) {
        self.name = name
        self.path = path
        self.root = root ?? "/run/\(name)"
    }

    static let swiftrun = OCIRuntime(name: "swiftrun", path: UnderTest.binary)
    /// The same by the name that makes virtual machines.
    static let machine = OCIRuntime(name: "swiftrun-vm", path: UnderTest.machineBinary, root: "/run/swiftrun")
    /// Debian's, which swiftrun is compared with.
    static let runc = OCIRuntime(name: "runc", path: "/usr/sbin/runc")
}
