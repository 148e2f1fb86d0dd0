import Kernel
@testable import Machine

/// A hypervisor that says all that it has to say before it is asked anything.
func readMonitor(_ bytes: [UInt8]) {
    do throws(SyscallError) {
        let pair = try SocketPair(.stream)
        try write(Array(bytes.prefix(1 << 16)), to: pair.second)
        talk(try pair.first.duplicate())
    } catch { preconditionFailure("\(error)") }
}

private func talk(_ socket: consuming OwnedFD) {
    do throws(MachineError) {
        let monitor = try Monitor(socket, until: .passed)
        _ = try monitor.execute("query-status", until: .passed)
        try monitor.await(event: "DEVICE_DELETED", "device", "net0", until: .passed)
    } catch { _ = "\(error)" }
}
