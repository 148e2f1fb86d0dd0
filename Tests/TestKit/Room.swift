import Glibc

/// A part of the machine that can be given back whole, for callers that keep things in places of the system's own (Tests/Probe/room.c):
/// mounts, processes, cgroups and network of its own, cgroup2 alone, empty /run, /var/lib, /var/tmp and /dev/shm, an /etc that can be
/// written. The test's scratch is the same inside.
public final class Room {
    /// Its first process.
    public let pid: Int
    /// The root of what is seen of cgroups inside.
    public let cgroup: String
    public let scratch: Scratch
    private let holder: Program
    private let life: Descriptor
    private let mountsAtFirst: Set<String>

    public init() throws {
        scratch = try Scratch.required()
        guard let mount = cgroupMount else { throw Failure("no cgroup2") }
        cgroup = "\(mount)/\(scratch.unique("room"))"
        let life = try Descriptor.pipe()
        let output = try Descriptor.pipe()
        let errors = try Descriptor.pipe()
        holder = try Program(
            Program.Request(
                [ProbeBinary.path, "host", "room", cgroup], environment: scratch.environment,
                descriptors: [life.read, output.write, errors.write]))
        for descriptor in [life.read, output.write, errors.write] { descriptor.close() }
        self.life = life.write
        guard let pid = try Stream(output.read).line().flatMap({ Int($0) }) else {
            throw Failure("no room: \(String(decoding: try Stream(errors.read).rest(), as: UTF8.self))")
        }
        self.pid = pid
        mountsAtFirst = Self.mountPoints(pid)
    }

    /// `words` as a command that runs in here.
    public func command(_ words: [String]) -> [String] { [ProbeBinary.path, "host", "enter", cgroup, String(pid)] + words }

    /// Runs a program in here to its end.
    public func execute(
        _ words: [String], input: Input = .null, environment: [String] = [], descriptors: [Descriptor] = [], deadline: Deadline = .usual
    ) throws -> Outcome {
        try TestKit.execute(
            command(words), input: input, environment: scratch.environment + environment, directory: scratch.directory,
            descriptors: descriptors,
            deadline: deadline)
    }

    /// Starts a program in here with nothing at its streams but what `descriptors` says.
    public func start(_ words: [String], environment: [String] = [], descriptors: [Descriptor?] = []) throws -> Program {
        try Program(
            Program.Request(
                command(words), environment: scratch.environment + environment, directory: scratch.directory, descriptors: descriptors))
    }

    /// The path on the outside of what is at `path` in here.
    public func path(_ path: String) -> String { "/proc/\(pid)/root\(path)" }

    /// Everything that runs in here besides the first process: "pid command".
    public var processes: [String] {
        let namespace = Files.target(ofLink: "/proc/\(pid)/ns/pid")
        return Files.entries("/proc").compactMap { Int($0) }.filter { $0 != pid && Files.target(ofLink: "/proc/\($0)/ns/pid") == namespace }
            .map {
                "\($0) \(Files.text("/proc/\($0)/cmdline").split(separator: "\0").joined(separator: " "))"
            }
    }

    /// The cgroups that were made in here, as they are called inside.
    public var cgroups: [String] {
        Self.directories(cgroup).map { String($0.dropFirst(cgroup.utf8.count)) }.filter { $0 != "/init" }.sorted()
    }

    /// The mount points that were added in here.
    public var mounts: [String] { Self.mountPoints(pid).subtracting(mountsAtFirst).sorted() }

    /// A test that failed leaves nothing either.
    deinit { try? close() }

    /// Ends everything in here and takes it back.
    public func close() throws {
        life.close()
        _ = try holder.wait()
        for directory in Self.directories(cgroup).sorted(by: >) { _ = unsafe rmdir(directory) }
        guard unsafe rmdir(cgroup) == 0 || errno == ENOENT else { throw Failure("rmdir \(cgroup): \(errnoText())") }
    }

    private static func mountPoints(_ pid: Int) -> Set<String> {
        Set(
            Files.text("/proc/\(pid)/mountinfo").split(separator: "\n").compactMap {
                $0.split(separator: " ").dropFirst(4).first.map(String.init)
            })
    }

    private static func directories(_ path: String) -> [String] {
        let inner = Files.entries(path).map { "\(path)/\($0)" }.filter { (Files.facts($0)?.mode ?? 0) & S_IFMT == S_IFDIR }
        return inner + inner.flatMap(directories)
    }
}

extension Room {
    /// What still runs when all that is about to end has ended; commands that contain one of `words` may stay.
    public func ended(ignoring words: [String] = [], _ deadline: Deadline = .usual) throws -> [String] {
        while true {
            let left = processes.filter { process in !words.contains { process.contains($0) } }
            guard let first = left.first, !deadline.hasPassed else { return left }
            guard let pid = first.split(separator: " ").first.flatMap({ Int32($0) }),
                let handle = try? Descriptor(Descriptor.high(pidfd(pid)))
            else { continue }
            if !readable([handle.raw], deadline)[0] { return left }
        }
    }
}
