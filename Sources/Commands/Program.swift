internal import Kernel
internal import Lifecycle

/// The program: arguments in, exit code out.
public enum Program {
    public static func main() -> Never {
        exitProcess(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) -> Int32 {
        let preamble = Preamble(arguments)
        var obstacle: Failure?
        do {
            try prepareStreams()
            try protectExecutable(preamble)
        } catch {
            obstacle = error
        }
        let output: Output
        do {
            output = try openOutput(preamble)
        } catch {
            Output(log: nil, .text, .errors).fail(error)
            return 1
        }
        do throws(Failure) {
            if let obstacle { throw obstacle }
            return try answer(arguments, preamble, output)
        } catch {
            output.fail(error)
            return error.code
        }
    }

    private static func answer(
        _ arguments: [String], _ preamble: Preamble, _ output: borrowing Output
    ) throws(Failure) -> Int32 {
        if let name = preamble.logFormat, LogFormat(rawValue: name) == nil { throw Failure("invalid log-format: \(name)") }
        if preamble.isVersionWanted {
            try output.print(Version.text)
            return 0
        }
        switch try Request(arguments, preamble) {
        case .text(let text):
            try output.print(text)
            return 0
        case .verb(let verb, let globals):
            return try verb.run(globals, output)
        }
    }

    /// A closed reader of our output is to be an error we can tell, not a signal that ends us between two steps.
    private static func prepareStreams() throws(Failure) {
        do {
            try occupyStandardStreams()
            try ignore(.brokenPipe)
            // A caller that ignores it would have our children reaped before we have seen their end.
            try restoreDefault(of: .childEnded)
        } catch {
            throw Failure(error)
        }
    }

    /// Before anything else is done: it may start the program anew.
    private static func protectExecutable(_ preamble: Preamble) throws(Failure) {
        guard ["create", "run", "exec"].contains(preamble.rest.first) else { return }
        do { try protectOwnExecutable(CommandLine.arguments) } catch { throw Failure(error) }
    }

    private static func openOutput(_ preamble: Preamble) throws(Failure) -> Output {
        let detail: Output.Detail = preamble.isDebug ? .everything : .errors
        let format = LogFormat(rawValue: preamble.logFormat ?? LogFormat.text.rawValue)
        guard let path = preamble.log else { return Output(log: nil, format ?? .text, detail) }
        do {
            // Who names a log reads JSON, if a program reads it.
            return Output(log: try open(path, [.writeOnly, .create, .append], permissions: 0o644), format ?? .json, detail)
        } catch {
            throw Failure("log: \(error)")
        }
    }
}
