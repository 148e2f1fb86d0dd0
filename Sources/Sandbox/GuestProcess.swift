internal import AgentProtocol
internal import Kernel

/// A process in the guest whose streams are those of this process.
final class GuestProcess {
    enum Terminal { case none, own }

    let channel: UInt32
    private let terminal: Terminal
    private let input: InputStream?
    private let outputs: [OutputStream]
    /// The process may read: before its program runs, its input is left where it is.
    private var hasBegun = false
    private(set) var answer: Answer?
    private(set) var end: Notice.End?
    private(set) var isClosed = false

    /// `channel` is that of the request that makes it.
    init(_ channel: UInt32, _ streams: [AgentProtocol.StandardStream], _ terminal: Terminal) throws(SyscallError) {
        self.channel = channel
        self.terminal = terminal
        input =
            streams.contains(.input) ? InputStream(try OwnedFD(duplicating: 0), terminal == .own ? .terminal : .file) : nil
        var outputs: [OutputStream] = []
        if streams.contains(.output) { outputs.append(try OutputStream(.output, try OwnedFD(duplicating: 1))) }
        if streams.contains(.errors) { outputs.append(try OutputStream(.errors, try OwnedFD(duplicating: 2))) }
        self.outputs = outputs
        // The duplicates alone: a stream that the process closes is to be closed for its reader.
        let null = try open("/dev/null", .readWrite)
        for number: Int32 in 0...2 where terminal == .none || number > 0 { try replace(number, with: null.raw) }
    }

    /// Its program runs.
    func begin(_ line: inout Line) throws(SandboxError) {
        hasBegun = true
        try fit(&line)
    }

    func take(_ event: Exchange.Event) {
        switch event {
        case .answer(let answer): self.answer = answer
        case .notice(.exited(let end, _, _)): self.end = end
        case .notice(.ready), .notice(.outOfMemory), .credit: break
        case .bytes(let stream, let bytes): outputs.first { $0.stream == stream }?.append(bytes)
        case .ended(let stream): outputs.first { $0.stream == stream }?.end()
        case .closed: isClosed = true
        }
    }

    func watches(_ line: Line) -> [Watch] {
        var watches = outputs.compactMap(\.watch)
        if hasBegun, let watch = input?.watch(line, channel) { watches.append(watch) }
        return watches
    }

    /// Moves what can be moved; `ready` is parallel to the `watches` of before, whose last is the input's.
    func pump(_ line: inout Line, _ ready: [Readiness], hadInput: Bool) throws(SandboxError) {
        for output in outputs where try !output.pump(&line, channel) {
            try line.send(Instruction.abandon(output.stream), on: channel)
        }
        if hadInput, let last = ready.last, !last.isEmpty { try input?.pump(&line, channel) }
    }

    /// Whether the input was among the `watches`.
    func watchesInput(_ line: Line) -> Bool { hasBegun && input?.watch(line, channel) != nil }

    /// Everything it has said has gone on.
    var isFlushed: Bool { outputs.allSatisfy(\.isFlushed) }

    /// A signal that this process was sent is meant for that one.
    func take(_ signal: Signal, _ line: inout Line) throws(SandboxError) {
        switch signal {
        case .childEnded, .urgent, .brokenPipe: return
        case .windowChanged where terminal == .own: try fit(&line)
        default: try line.send(Instruction.signal(signal.rawValue), on: channel)
        }
    }

    /// Gives its terminal the size of ours.
    private func fit(_ line: inout Line) throws(SandboxError) {
        guard terminal == .own else { return }
        let size = try step("the terminal's size") { () throws(SyscallError) in try windowSize(of: try OwnedFD(duplicating: 0)) }
        if size.rows > 0 && size.columns > 0 { try line.send(Instruction.resize(rows: size.rows, columns: size.columns), on: channel) }
    }
}
