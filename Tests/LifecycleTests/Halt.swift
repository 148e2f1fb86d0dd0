import Glibc
import JSON
import TestKit

/// A hook that says when it is reached and goes on when it is told to.
final class Halt {
    private let directory: String
    private let reached: Stream

    /// In `bundle`, as its only hook of `kind`.
    init(_ bundle: Bundle, _ kind: String) throws {
        directory = bundle.path + "/halt"
        try Files.makeDirectory(directory)
        for name in ["reached", "go"] { try Files.makeFifo("\(directory)/\(name)", mode: 0o666) }
        // Before anyone writes: the writer would wait for a reader.
        reached = Stream(try Descriptor.open(directory + "/reached", O_RDONLY | O_NONBLOCK))
        let isInside = kind == "startContainer"
        if isInside { bundle.mount("/halt", "bind", directory, ["bind"]) }
        let place = isInside ? "/halt" : directory
        bundle.set(
            "/hooks/\(kind)",
            [
                [
                    "path": .string(isInside ? "/bin/probe" : ProbeBinary.path),
                    "args": Value(["probe", "write", place + "/reached", "here\n", "--", "cat", place + "/go"]),
                ]
            ])
    }

    func wait() throws { _ = try reached.line() }

    /// Lets the hook end: it reads its fifo to the end.
    func release() throws {
        let deadline = Deadline.usual
        while !deadline.hasPassed {
            let fd = unsafe open(directory + "/go", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            guard fd < 0 else {
                close(fd)
                return
            }
        }
        throw Failure("waited for the hook to read \(directory)/go")
    }
}

/// A call of the runtime that goes on beside the test, its standard streams the null device; errors are in a log of its own.
final class Call {
    let program: Program
    private let log: String

    init(_ words: [String]) throws {
        let scratch = try Scratch.required()
        log = scratch.directory + "/" + scratch.unique("log")
        let globals = ["--root", scratch.root, "--log", log, "--log-format", "json"]
        program = try Program(
            Program.Request(
                UnderTest.view.command([UnderTest.binary] + globals + words), environment: scratch.environment, directory: scratch.directory))
    }

    func end() throws -> Ending { try program.wait() }

    /// The one error it has logged.
    func error() throws -> String {
        let text = Files.text(log)
        return text.isEmpty ? "" : try parse(Array(text.utf8))["msg"]?.string ?? text
    }
}
