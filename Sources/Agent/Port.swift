internal import Kernel

/// Opens the port of a virtio-serial device that has this name, and waits for it: the device's ports come some time after its driver.
func openPort(_ name: String) throws(AgentError) -> OwnedFD {
    try step("open the port \(name)") { () throws(SyscallError) in
        // Before the first look: what comes after it is told.
        let events = try DeviceEvents()
        let deadline = Deadline.after(.seconds(30))
        while true {
            if let device = try findPort(name) { return try open("/dev/\(device)", [.readWrite, .noControllingTerminal]) }
            guard try events.wait(until: deadline) else { throw SyscallError("wait", "the device", .timedOut) }
        }
    }
}

private func findPort(_ name: String) throws(SyscallError) -> String? {
    let ports = "/sys/class/virtio-ports"
    let found: [DirectoryEntry]
    do throws(SyscallError) { found = try entries(of: open(ports, [.readOnly, .directory])) } catch {
        // The driver makes it when it begins.
        guard error.errno == .noEntry else { throw error }
        return nil
    }
    for entry in found {
        do throws(SyscallError) {
            if try readText("\(ports)/\(entry.name)/name") == name + "\n" { return entry.name }
        } catch {
            // A port has no name until the host has told it.
            guard error.errno == .noEntry else { throw error }
        }
    }
    return nil
}
