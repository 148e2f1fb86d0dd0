import Glibc
import Synchronization

/// A test's own corner of the machine: a directory, a root for containers' state, a mark on every process it starts.
///
/// The `.machineUnchanged` trait makes one for each test and looks afterwards at what is left.
public final class Scratch: Sendable {
    @TaskLocal public static var current: Scratch?

    /// The running test's.
    public static func required() throws -> Scratch {
        guard let current else { throw Failure("the suite lacks the trait .machineUnchanged") }
        return current
    }

    public let name: String
    public let directory: String
    /// For --root.
    public let root: String
    private let count = Atomic(0)
    private let shims = Mutex<[Program]>([])

    public init() throws {
        // The last letter keeps one name from being the beginning of another.
        name = "swiftrun-test-\(getpid())-\(Scratch.number.add(1, ordering: .relaxed).newValue)z"
        let base = Environment.variable("TMPDIR") ?? "/tmp"
        directory = "\(base)/\(name)"
        root = directory + "/root"
        try Files.makeDirectory(directory)
        try Files.makeDirectory(directory + "/tmp", mode: 0o1777)
        try Files.makeDirectory(root, mode: 0o700)
    }

    /// Marks the processes of this test, hooks too unless they are given an environment.
    public var mark: String { "SWIFTRUN_TEST=\(name)" }

    public var environment: [String] { Environment.plain + [mark, "TMPDIR=\(directory)/tmp"] }

    /// A name that no other test and no other call has: for containers, bundles and cgroups.
    public func unique(_ word: String) -> String {
        "\(name)-\(word)\(count.add(1, ordering: .relaxed).newValue)"
    }

    func keep(_ shim: Program) {
        shims.withLock { shims in
            shims.removeAll(where: \.hasEnded)
            shims.append(shim)
        }
    }

    /// The tests' own processes, which end with the containers.
    var shimPids: Set<Int32> { Set(shims.withLock { $0.map(\.pid) }) }

    private static let number = Atomic(0)

    /// Deletes by force what containers the test left: they ought to go without a trace too.
    func deleteContainers() throws {
        for id in Files.entries(root) {
            let outcome = try execute(
                UnderTest.view.command([UnderTest.binary, "--root", root, "delete", "--force", id]), environment: environment)
            guard outcome.status == 0 else { throw Failure("delete --force \(id): \(outcome)") }
        }
        for shim in shims.withLock({ $0 }) { _ = try shim.wait() }
    }

    func remove() throws { try Files.remove(directory) }
}
