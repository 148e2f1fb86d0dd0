internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Launch
internal import Lifecycle

/// What a worker's work came to.
struct Outcome {
    /// Of the process that it launched, a child of the agent once the worker has ended; 0: none.
    var pid: Int32 = 0
    var value = Value.null
}

/// A child of the agent that calls one verb of the runtime, and ends.
///
/// It is a copy of the agent without the agent's descriptors; a process it launches is left to the agent.
final class Worker {
    /// What a worker is to have as standard streams; nil: /dev/null.
    struct Streams {
        var input: Int32?
        var output: Int32?
        var errors: Int32?

        static let none = Streams()
    }

    /// What it said: the pid, and an answer's text.
    struct Report {
        let pid: Int32
        let answer: [UInt8]
    }

    let pid: Int32
    private let pipe: OwnedFD
    private var bytes: [UInt8] = []

    init(_ streams: Streams, _ work: () throws(LifecycleError) -> Outcome) throws(AgentError) {
        do throws(SyscallError) {
            let ends = try Pipe()
            let result = ends.writer.raw
            pid = try fork {
                do throws(SyscallError) { try keepOnly(streams, result) } catch { exitProcess(1) }
                say(OwnedFD(adopting: 3), work)
            }
            try setBlocking(ends.reader, .refuses)
            pipe = ends.reader
        } catch { throw .guest("start a worker", error) }
    }

    var watch: Watch { Watch(pipe, .readable) }

    /// What it has said by now, when that is all it has to say.
    func report() throws(AgentError) -> Report? {
        while true {
            do throws(SyscallError) {
                let more = try read(pipe, count: 1 << 16)
                if more.isEmpty { break }
                bytes += more
            } catch {
                if error.errno == .tryAgain { break }
                throw .guest("hear a worker", error)
            }
        }
        guard bytes.count >= 8 else { return nil }
        let count = Int(number(bytes[0..<4]))
        guard bytes.count >= 8 + count else { return nil }
        return Report(pid: Int32(bitPattern: number(bytes[4..<8])), answer: Array(bytes[8..<8 + count]))
    }
}

/// Leaves 0 to 2 and the result's pipe as 3, which nobody inherits. A copy of another container's pipe would keep that open.
private func keepOnly(_ streams: Worker.Streams, _ result: Int32) throws(SyscallError) {
    let null = try open("/dev/null", .readWrite)
    try replace(0, with: streams.input ?? null.raw)
    try replace(1, with: streams.output ?? null.raw)
    try replace(2, with: streams.errors ?? null.raw)
    try replace(3, with: result)
    // The owners of these numbers are the agent's, and are never asked again in this process.
    _ = null.release()
    try closeDescriptors(from: 4)
    try setCloseOnExec(3)
    try setLimit(.openFiles, to: Limit(soft: 1024, hard: 1 << 20))
    try setBlocked(SignalSet())
    try ignore(.brokenPipe)
}

private func say(_ pipe: consuming OwnedFD, _ work: () throws(LifecycleError) -> Outcome) -> Never {
    let outcome: Outcome
    let answer: Answer
    do throws(LifecycleError) {
        outcome = try work()
        answer = .done(outcome.value)
    } catch {
        outcome = Outcome()
        answer = .failed("\(error)")
    }
    let text = answer.text
    do throws(SyscallError) {
        try write(bytes(UInt32(text.count)) + bytes(UInt32(bitPattern: outcome.pid)) + text, to: pipe)
    } catch { exitProcess(1) }
    exitProcess(0)
}

private func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
