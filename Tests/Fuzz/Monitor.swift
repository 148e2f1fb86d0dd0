import Kernel
@testable import Machine

/// A hypervisor that says all that it has to say before it is asked anything, and at the end what nobody need wait behind.
func readMonitor(_ bytes: [UInt8]) {
    do throws(SyscallError) {
        let pair = try SocketPair(.stream)
        try write(Array(bytes.prefix(1 << 16)) + Array("\n}\n".utf8), to: pair.second)
        talk(try pair.first.duplicate())
    } catch { preconditionFailure("\(error)") }
}

private func talk(_ socket: consuming OwnedFD) {
    do throws(MachineError) {
        let deadline = Deadline.after(.seconds(10))
        let monitor = try Monitor(socket, until: deadline)
        for _ in 0..<3 { _ = try monitor.execute("query-status", until: deadline) }
    } catch { _ = "\(error)" }
}
