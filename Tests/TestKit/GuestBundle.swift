public import JSON

/// A bundle in a guest, with a configuration to change. Its root filesystem is one that all share: busybox and the probe.
public final class GuestBundle: Configurable {
    public let scratch: GuestScratch
    /// Its directory in the guest is `$DIR/ID`, its default cgroup `/ID`.
    public let id: String
    /// Starts as `runc spec` writes it, without a terminal, with `cgroupsPath` /ID.
    public var config: Value

    public init(_ suffix: String = "") throws {
        scratch = try GuestScratch.required()
        id = scratch.name + suffix
        config = baseConfig
        config.set("/root/path", "/rootfs")
        config.set("/linux/cgroupsPath", .string("/" + id))
    }

    public func resources(_ pointer: String, _ value: Value) { config.set("/linux/resources/" + pointer, value) }

    /// Makes the container's process this script, in which `$CG` is its own cgroup's directory.
    public func process(_ script: String) {
        config.set("/process/args", ["/bin/sh", "-c", .string("CG=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)\n" + script)])
    }

    /// Runs a script in the guest, where `$ID` is this container, `$BUNDLE` its bundle and `$CG` the directory of its default cgroup.
    /// `swiftrun` has the test's own --root.
    public func outside(_ script: String, seconds: Int = 30) throws -> Outcome {
        try scratch.run(
            """
            ID=\(id) BUNDLE=$DIR/\(id) CG=/sys/fs/cgroup/\(id)
            mkdir -p $BUNDLE
            cat > $BUNDLE/config.json <<'END-OF-CONFIG'
            \(config.text(.compact))
            END-OF-CONFIG
            \(script)
            """, seconds: seconds)
    }

    /// `run` in the foreground, to the end.
    public func run(_ options: String..., seconds: Int = 30) throws -> Outcome {
        try outside("swiftrun run --bundle $BUNDLE \(options.joined(separator: " ")) $ID", seconds: seconds)
    }

    /// `run --detach`, which has to succeed. The container holds none of the check's output open.
    public func start() throws {
        let outcome = try outside(
            "swiftrun run --detach --pid-file $BUNDLE/pid --bundle $BUNDLE $ID > $BUNDLE/out 2> $BUNDLE/err || { cat $BUNDLE/err >&2; exit 1; }"
        )
        guard outcome.status == 0 else { throw Failure("run --detach: \(outcome)") }
    }
}
