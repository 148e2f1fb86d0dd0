internal import AgentProtocol
internal import Kernel

/// The line to the host.
final class Link {
    private let port: OwnedFD
    private(set) var connection = Connection(.agent)

    /// Says hello, and waits until the host is there to take it.
    init(port: consuming OwnedFD) throws(AgentError) {
        self.port = port
        try flush()
        try step("the host's line") { () throws(SyscallError) in try setBlocking(self.port, .refuses) }
    }

    /// Bytes that wait to be sent. Streams are not read while these are many: what a process has to say must not hold up answers.
    var backlog: Int { connection.output.count }

    var watch: Watch { Watch(port, backlog == 0 ? .readable : [.readable, .writable]) }

    /// The frames that have come.
    func receive() throws(AgentError) -> [Frame] {
        let bytes: [UInt8]
        do throws(SyscallError) { bytes = try read(port, count: 1 << 17) } catch {
            if error.errno == .tryAgain { return [] }
            throw .guest("the host's line", error)
        }
        // The driver says so when the host's end is closed.
        if bytes.isEmpty { throw .hostGone }
        return try following { () throws(ProtocolError) in try connection.receive(bytes) }
    }

    /// Sends what can be sent at once.
    func flush() throws(AgentError) {
        while backlog > 0 {
            do throws(SyscallError) {
                connection.output.removeFirst(try writeSome(connection.output.first, to: port))
            } catch {
                if error.errno == .tryAgain { return }
                throw .guest("the host's line", error)
            }
        }
    }

    /// Sends all there is to send, and returns when the host has it.
    func finish() throws(AgentError) {
        try step("the host's line") { () throws(SyscallError) in try setBlocking(port, .waits) }
        try flush()
    }

    func send(_ frame: Frame) throws(AgentError) {
        try following { () throws(ProtocolError) in try connection.send(frame) }
    }

    func send(message: [UInt8], on channel: UInt32) throws(AgentError) {
        try following { () throws(ProtocolError) in try connection.send(message: message, on: channel) }
    }

    /// Closes the channel from this side.
    func close(_ channel: UInt32) throws(AgentError) { try send(Frame(channel, .close)) }

    private func following<Result>(_ body: () throws(ProtocolError) -> Result) throws(AgentError) -> Result {
        do throws(ProtocolError) { return try body() } catch { throw .host("\(error)") }
    }
}
