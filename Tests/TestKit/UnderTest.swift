import Glibc
import JSON

/// The runtime that the tests drive: swiftrun's release build, or what $SWIFTRUN_UNDER_TEST names (calibration with another runtime).
public enum UnderTest {
    /// $SWIFTRUN_TEST_BACKEND can say `vm`.
    public static let backend: Backend = Environment.variable("SWIFTRUN_TEST_BACKEND").flatMap(Backend.init) ?? .host

    /// By the name under which it makes what `backend` says.
    public static let binary: String = backend == .vm ? machineBinary : program

    /// By the name under which it makes a virtual machine for each container or pod.
    public static let machineBinary: String = {
        do {
            return try Links.link(named: "swiftrun-vm", to: program)
        } catch {
            // Without it every test would be of another backend.
            fatalError("\(error)")
        }
    }()

    private static let program: String = {
        for name in ["SWIFTRUN_UNDER_TEST", "SWIFTRUN_BINARY"] {
            if let value = Environment.variable(name) { return value.hasPrefix("/") ? value : located(value) }
        }
        return Repository.path(".build/release/swiftrun")
    }()

    /// False for another runtime: what is our own decision is then not asked for.
    public static let isSwiftrun = !binary.hasSuffix("/runc") && !binary.hasSuffix("/crun")

    /// How often something is done that must leave nothing. A virtual machine takes seconds, and another runtime is only compared.
    public static func rounds(_ number: Int, inMachines few: Int, ofOthers fewest: Int) -> Int {
        guard isSwiftrun else { return fewest }
        return backend == .vm ? few : number
    }

    /// The view in which everything runs that does not ask for one; $SWIFTRUN_TEST_VIEW can say `pure` or `host`.
    public static let view: CgroupView = Environment.variable("SWIFTRUN_TEST_VIEW").flatMap(CgroupView.init) ?? (isSwiftrun ? .host : .pure)

    /// What `features` says of id-mapped mounts.
    public static let hasMappedMounts: Bool = {
        guard let features = try? execute([binary, "features"]).json() else { return false }
        return features.at("/linux/mountExtensions/idmap/enabled") == true
    }()

    private static func located(_ name: String) -> String {
        let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        return directories.map { "\($0)/\(name)" }.first { Files.exists($0) } ?? name
    }
}

/// Other names of programs.
enum Links {
    /// A link that stays, made anew for this process: others may be about to use the one that was there.
    static func link(named name: String, to target: String) throws -> String {
        let directory = Repository.path(".build/testkit")
        try Files.makeDirectory(directory)
        let (path, unfinished) = ("\(directory)/\(name)", "\(directory)/\(name).\(getpid())")
        try Files.makeSymlink(unfinished, to: target)
        guard unsafe rename(unfinished, path) == 0 else { throw Failure("rename \(path): \(errnoText())") }
        return path
    }
}

/// How the cgroups look to the runtime.
public enum CgroupView: String, Sendable {
    /// As they are on this machine: on a hybrid host cgroup2 stands beside the v1 hierarchies.
    case host
    /// cgroup2 alone at /sys/fs/cgroup, in a private mount namespace.
    case pure

    public func command(_ words: [String]) -> [String] {
        self == .host ? words : [ProbeBinary.path, "host", "view"] + words
    }
}

/// Environments that programs of the tests start with.
public enum Environment {
    public static let plain = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]

    public static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
