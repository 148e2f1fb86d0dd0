public import JSON

/// A bundle in the test's scratch: a root filesystem with little but the probe, and a configuration to change.
public final class Bundle: Configurable {
    public let path: String
    public let scratch: Scratch
    /// Starts as `runc spec` writes it, without a terminal, with a cgroup of the test's own, and with the probe's report as process.
    public var config: Value
    /// Written in place of `config` when there.
    public var rawConfig: [UInt8]?

    public init() throws {
        scratch = try Scratch.required()
        path = scratch.directory + "/" + scratch.unique("bundle")
        config = baseConfig
        config.set("/linux/cgroupsPath", .string("/" + scratch.unique("cgroup")))
        try Files.makeDirectory(path)
        for directory in ["bin", "dev", "etc", "home/user", "proc", "root", "sys", "tmp", "usr/bin"] {
            try Files.makeDirectory("\(rootfs)/\(directory)")
        }
        try Files.changeMode(rootfs + "/tmp", 0o1777)
        try Files.copy(ProbeBinary.path, to: rootfs + "/bin/probe", mode: 0o755)
        try Files.write(
            rootfs + "/etc/passwd",
            """
            root:x:0:0:root:/root:/bin/sh
            user:x:1000:1000:user:/home/user:/bin/sh

            """)
    }

    public var rootfs: String { path + "/rootfs" }

    /// A virtual machine with this kernel, of little memory.
    public func useMachine(_ kernel: String) {
        config.set("/vm", ["kernel": ["path": .string(kernel)], "hwConfig": ["memory": 268_435_456, "vcpus": 1]])
    }

    /// The last part of linux.cgroupsPath.
    public var cgroup: String { config.at("/linux/cgroupsPath")?.string.map { String($0.dropFirst()) } ?? "" }

    /// Makes the probe do `words`: subcommands chained by `--`.
    public func probe(_ words: String...) { config.set("/process/args", Value(["/bin/probe"] + words)) }

    /// Writes config.json.
    public func save() throws {
        try Files.write(path + "/config.json", rawConfig ?? Array(config.text(.indented("\t")).utf8))
    }

    /// `run` in the foreground, to the end.
    public func run(
        _ options: String..., input: Input = .null, environment: [String]? = nil, descriptors: [Descriptor] = [],
        view: CgroupView = UnderTest.view, deadline: Deadline = .usual
    ) throws -> Outcome {
        try save()
        return try swiftrun(
            ["run", "--bundle", path] + options + [scratch.unique("run")], input: input, environment: environment, descriptors: descriptors,
            view: view, deadline: deadline)
    }

    /// The report of the probe as the container's process.
    public func report() throws -> Report {
        probe("report")
        let outcome = try run()
        guard outcome.status == 0 else { throw Failure("\(outcome)") }
        return try outcome.report()
    }
}
