import Glibc

/// What this machine allows, for `.enabled(if:)`.
public enum Host {
    public static let isRoot = geteuid() == 0

    public static let hasStrace = Files.exists("/usr/bin/strace")

    /// Effective capability `number`.
    public static func hasCapability(_ number: Int) -> Bool {
        let line = Files.text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        let mask = UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? 0
        return mask >> number & 1 == 1
    }

    /// CAP_SYS_RESOURCE: raising hard limits, lowering oom_score_adj.
    public static let canRaiseLimits = hasCapability(24)

    public static let hasCgroup2 = cgroupMount != nil

    /// Whether `controller` is one of cgroup2's here.
    public static func hasController(_ controller: String) -> Bool {
        Files.text((cgroupMount ?? "") + "/cgroup.controllers").split(whereSeparator: \.isWhitespace).contains(Substring(controller))
    }

    /// Whether the kernel knows the filesystem `name`.
    public static func hasFilesystem(_ name: String) -> Bool {
        Files.text("/proc/filesystems").split(separator: "\n").contains { $0.split(separator: "\t").last == Substring(name) }
    }

    /// Major and minor version of the kernel.
    public static let kernel: (Int, Int) = {
        let parts = Files.text("/proc/sys/kernel/osrelease").split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : (0, 0)
    }()
}

/// Namespaces made to be joined, held by a process of their own until this goes.
public final class HeldNamespaces {
    /// The process that is in them.
    public let pid: Int
    private let holder: Program
    private let life: Descriptor

    /// `names` as in /proc/PID/ns, with commas between.
    public init(_ names: String) throws {
        let scratch = try Scratch.required()
        let output = try Descriptor.pipe()
        let life = try Descriptor.pipe()
        holder = try Program(
            Program.Request(
                [ProbeBinary.path, "host", "hold", "3", names], environment: Environment.plain, directory: scratch.directory,
                descriptors: [nil, output.write, nil, life.read]))
        output.write.close()
        life.read.close()
        self.life = life.write
        guard let pid = try Stream(output.read).line().flatMap({ Int($0) }) else { throw Failure("namespaces \(names) cannot be made") }
        self.pid = pid
    }

    public func path(_ name: String) -> String { "/proc/\(pid)/ns/\(name)" }

    public func link(_ name: String) -> String? { Files.target(ofLink: path(name)) }

    deinit {
        life.close()
        _ = try? holder.wait()
    }
}
