import Glibc
public import JSON

/// A container that is created and started apart, by a shim that reaps what the runtime leaves to it.
public final class Container {
    public let id: String
    public let bundle: Bundle
    public let pidFile: String
    /// The container's own stdout and stderr, once it is created.
    public private(set) var output: Stream?
    public private(set) var errors: Stream?
    private let scratch: Scratch
    private var events: Stream?
    private var seen: [Int: Ending] = [:]

    public init(_ bundle: Bundle) throws {
        self.bundle = bundle
        scratch = bundle.scratch
        id = scratch.unique("box")
        pidFile = "\(scratch.directory)/\(id).pid"
    }

    /// `create`. What comes on stderr before `create` returns is the runtime's.
    @discardableResult
    public func create(
        _ options: String..., globals: [String] = [], input: Input = .null, environment: [String]? = nil, descriptors: [Descriptor] = [],
        view: CgroupView = UnderTest.view, deadline: Deadline = .usual
    ) throws -> Outcome {
        try launch(["create"] + options, globals, input, environment, descriptors, view, deadline)
    }

    /// `run --detach`.
    @discardableResult
    public func runDetached(
        _ options: String..., input: Input = .null, environment: [String]? = nil, descriptors: [Descriptor] = [],
        view: CgroupView = UnderTest.view, deadline: Deadline = .usual
    ) throws -> Outcome {
        try launch(["run", "--detach"] + options, [], input, environment, descriptors, view, deadline)
    }

    /// `create`, which has to succeed.
    public func created(_ options: String..., deadline: Deadline = .usual) throws -> Container {
        let outcome = try launch(["create"] + options, [], .null, nil, [], UnderTest.view, deadline)
        guard outcome.status == 0 else { throw Failure("create: \(outcome)") }
        return self
    }

    /// `create` and `start`, which have to succeed; with a first line from the probe, so that it is known to run.
    public func running(_ deadline: Deadline = .usual) throws -> Container {
        _ = try created(deadline: deadline)
        let outcome = try start()
        guard outcome.status == 0 else { throw Failure("start: \(outcome)") }
        guard try output?.line() != nil else { throw Failure("the container said nothing: \(String(decoding: try errors?.rest() ?? [], as: UTF8.self))") }
        return self
    }

    private func launch(
        _ words: [String], _ globals: [String], _ input: Input, _ environment: [String]?, _ descriptors: [Descriptor], _ view: CgroupView, _ deadline: Deadline
    ) throws -> Outcome {
        try bundle.save()
        let pipes = (output: try Descriptor.pipe(), errors: try Descriptor.pipe(), events: try Descriptor.pipe())
        let stdin = try input.descriptor()
        // The shim's own descriptor comes last, behind those for --preserve-fds, and is closed in the runtime.
        let handed = [stdin, pipes.output.write, pipes.errors.write] + descriptors + [pipes.events.write]
        let command = [words[0], "--bundle", bundle.path, "--pid-file", pidFile] + words.dropFirst() + [id]
        let shim = try Program(
            Program.Request(
                [ProbeBinary.path, "host", "shim", String(handed.count - 1)] + view.command(runtimeCommand(globals + command, scratch)),
                environment: environment ?? scratch.environment, directory: scratch.directory, descriptors: handed))
        scratch.keep(shim)
        for pipe in [pipes.output, pipes.errors, pipes.events] { pipe.write.close() }
        stdin?.close()

        let (output, errors, events) = (Stream(pipes.output.read), Stream(pipes.errors.read), Stream(pipes.events.read))
        self.events = events
        self.output = output
        self.errors = errors
        let ending = try event(deadline) { $0["event"]?.string == "runtime" }
        guard ending == .exited(0) else {
            return Outcome(ending: ending, outputBytes: try output.rest(deadline), errorBytes: try errors.rest(deadline))
        }
        return Outcome(ending: ending, outputBytes: [], errorBytes: words[0] == "create" ? try errors.available() : [])
    }

    /// The pid from the pid file.
    public var pid: Int {
        get throws {
            guard let pid = Int(Files.text(pidFile)) else { throw Failure("no pid in the pid file: \"\(Files.text(pidFile))\"") }
            return pid
        }
    }

    /// How the container's first process ended, as the shim reaped it.
    public func end(_ deadline: Deadline = .usual) throws -> Ending {
        let pid = try pid
        if let ending = seen[pid] { return ending }
        return try event(deadline) { $0["event"]?.string == "orphan" && $0["pid"]?.integer == pid }
    }

    private func event(_ deadline: Deadline, _ wanted: (Value) -> Bool) throws -> Ending {
        guard let events else { throw Failure("nothing was launched") }
        while true {
            let value = try events.value(deadline)
            let ending = value["exit"]?.integer.map { Ending.exited(Int32($0)) } ?? .killed(signal: Int32(value["signal"]?.integer ?? 0))
            if let pid = value["pid"]?.integer { seen[pid] = ending }
            if wanted(value) { return ending }
        }
    }
}

// The verbs on this container.
extension Container {
    @discardableResult
    public func start() throws -> Outcome { try swiftrun("start", id) }

    @discardableResult
    public func kill(_ signal: String...) throws -> Outcome { try swiftrun(["kill", id] + signal) }

    @discardableResult
    public func delete(_ options: String...) throws -> Outcome { try swiftrun(["delete"] + options + [id]) }

    public func state() throws -> Value { try swiftrun("state", id).json() }

    public func status() throws -> String { try state()["status"]?.string ?? "" }

    /// Everything the container's process printed, once it has ended.
    public func outcome(_ deadline: Deadline = .usual) throws -> Outcome {
        guard let output, let errors else { throw Failure("nothing was launched") }
        let ending = try end(deadline)
        return Outcome(ending: ending, outputBytes: try output.rest(deadline), errorBytes: try errors.rest(deadline))
    }
}
