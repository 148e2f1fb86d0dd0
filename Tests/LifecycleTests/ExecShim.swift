import TestKit

extension Container {
    /// Where the cgroup is on this machine.
    var cgroupDirectory: String { "\(cgroupMount ?? "")/\(bundle.cgroup)" }

    /// Freezes the container or thaws it, and waits until it is so.
    func setFrozen(_ isFrozen: Bool) throws {
        if UnderTest.backend == .vm {
            // Its cgroup is out of reach.
            let outcome = try swiftrun(isFrozen ? "pause" : "resume", id)
            guard outcome.status == 0 else { throw Failure("\(outcome)") }
            return
        }
        try Files.write(cgroupDirectory + "/cgroup.freeze", isFrozen ? "1" : "0")
        let deadline = Deadline.usual
        while !Files.text(cgroupDirectory + "/cgroup.events").contains("frozen \(isFrozen ? 1 : 0)") {
            guard !deadline.hasPassed else { throw Failure("waited for the freezer") }
        }
    }
}

/// `exec --detach` as a shim runs it: the process is left to the shim, which reaps it.
final class ExecShim {
    let pidFile: String
    /// How `exec` itself ended.
    let runtime: Ending
    let output: Stream
    let errors: Stream
    private let shim: Program
    private let events: Stream

    init(_ container: Container, _ options: [String] = [], command: [String], descriptors: [Descriptor] = []) throws {
        let scratch = container.bundle.scratch
        pidFile = "\(scratch.directory)/\(scratch.unique("exec")).pid"
        let pipes = (output: try Descriptor.pipe(), errors: try Descriptor.pipe(), events: try Descriptor.pipe())
        let handed: [Descriptor?] = [nil, pipes.output.write, pipes.errors.write] + descriptors + [pipes.events.write]
        let words =
            [UnderTest.binary, "--root", scratch.root, "exec", "--detach", "--pid-file", pidFile] + options + [container.id] + command
        shim = try Program(
            Program.Request(
                [ProbeBinary.path, "host", "shim", String(handed.count - 1)] + UnderTest.view.command(words),
                environment: scratch.environment,
                directory: scratch.directory, descriptors: handed))
        for pipe in [pipes.output, pipes.errors, pipes.events] { pipe.write.close() }
        (output, errors, events) = (Stream(pipes.output.read), Stream(pipes.errors.read), Stream(pipes.events.read))
        runtime = try Self.ending(in: events) { event, _ in event == "runtime" }
    }

    /// `exec --detach` of the probe.
    convenience init(_ container: Container, _ options: [String] = [], probe words: String..., descriptors: [Descriptor] = []) throws {
        try self.init(container, options, command: ["/bin/probe"] + words, descriptors: descriptors)
    }

    /// The pid from the pid file.
    var pid: Int {
        get throws {
            guard let pid = Int(Files.text(pidFile)) else { throw Failure("no pid in the pid file: \"\(Files.text(pidFile))\"") }
            return pid
        }
    }

    /// How the process ended, as the shim reaped it.
    func end() throws -> Ending {
        let pid = try pid
        return try Self.ending(in: events) { event, found in event == "orphan" && found == pid }
    }

    private static func ending(in events: Stream, _ wanted: (String?, Int?) -> Bool) throws -> Ending {
        while true {
            let value = try events.value()
            guard wanted(value.at("/event")?.string, value.at("/pid")?.integer) else { continue }
            return value.at("/exit")?.integer.map { Ending.exited(Int32($0)) } ?? .killed(signal: Int32(value.at("/signal")?.integer ?? 0))
        }
    }
}
