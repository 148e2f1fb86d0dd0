import TestKit

/// What a caller is told to run as its runtime.
struct OCIRuntime: Sendable, Equatable {
    /// What callers know it by.
    let name: String
    let path: String

    static let swiftrun = OCIRuntime(name: "swiftrun", path: UnderTest.binary)
    /// Debian's, which swiftrun is compared with.
    static let runc = OCIRuntime(name: "runc", path: "/usr/sbin/runc")

    /// Where this runtime keeps its containers unless told otherwise.
    var root: String { "/run/\(name)" }
}
