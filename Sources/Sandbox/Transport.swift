internal import AgentProtocol
internal import Kernel

/// The way from a line to the agent and back. Nothing in it waits.
protocol Transport: AnyObject {
    /// What it has to wait for, with what `line` has to say.
    func watches(for line: Line) -> [Watch]

    /// Takes and brings what can be now; `ready` is parallel to the `watches` of before.
    func exchange(_ line: inout Line, _ ready: [Readiness]) throws(SandboxError) -> [Line.Event]

    /// For the end of an error's text: what the machine has printed at last, as far as this side knows.
    func lastWords() throws(SandboxError) -> String
}

/// A connection to the control socket of a machine's supervisor.
final class ControlConnection: Transport {
    private let socket: OwnedFD
    private let sandbox: String

    /// `.lost` where there is no supervisor any more.
    init(root: String, sandbox: String) throws(SandboxError) {
        self.sandbox = sandbox
        do throws(SyscallError) {
            socket = try connect(Places(root: root, id: sandbox).control, until: .after(Patience.connection))
        } catch {
            switch error.errno {
            case .noEntry, .connectionRefused: throw .lost("the virtual machine of container \(sandbox) is not running")
            default: throw .failed("reach the virtual machine of container \(sandbox): \(error)")
            }
        }
    }

    func watches(for line: Line) -> [Watch] { [Watch(socket, line.output.isEmpty ? .readable : [.readable, .writable])] }

    func exchange(_ line: inout Line, _ ready: [Readiness]) throws(SandboxError) -> [Line.Event] {
        do throws(SyscallError) {
            while !line.output.isEmpty { line.sent(try writeSome(line.output.first, to: socket)) }
        } catch {
            // What it has said before its end is still to be read.
            guard [.tryAgain, .brokenPipe, .connectionReset].contains(error.errno) else {
                throw .failed("talk to the virtual machine: \(error)")
            }
        }
        guard let first = ready.first, !first.isEmpty else { return [] }
        let bytes: [UInt8]
        do throws(SyscallError) { bytes = try read(socket, count: 1 << 17) } catch {
            if error.errno == .tryAgain { return [] }
            guard error.errno == .connectionReset else { throw .failed("talk to the virtual machine: \(error)") }
            throw .lost(ended)
        }
        if bytes.isEmpty { throw .lost(ended) }
        return try line.receive(bytes)
    }

    /// The supervisor has them.
    func lastWords() -> String { "" }

    private var ended: String { "the virtual machine of container \(sandbox) has ended" }
}
