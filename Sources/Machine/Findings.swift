internal import Kernel

/// One thing a machine of this host would be made with.
public struct Finding: Hashable, Sendable {
    /// Such as `kernel`.
    public let subject: String
    /// What it is and why, or why there is none.
    public let text: String
    /// Without it there is no machine.
    public let isMissing: Bool
}

extension HostSettings {
    /// What a machine would be made with, were one booted now.
    public func findings() -> [Finding] {
        var findings: [Finding] = []
        add("kernel", to: &findings) { () throws(MachineError) in
            let image = try GuestImage.find(self)
            let modules = image.modules.map { Path.lastComponent($0) }.joined(separator: " ")
            let place = image.moduleDirectory.map { "of \($0): \(modules.isEmpty ? "none, all that is needed is built in" : modules)" }
            let size = try step("measure the initial filesystem") { () throws(SyscallError) in try status(of: "/proc/self/exe").size }
            return [
                ("kernel", "\(image.kernel), \(image.reason)"), ("version", image.version),
                ("modules", place ?? "none found: the kernel must have built in what is needed"),
                ("initrd", "made at each boot of the modules and this program, which has \(size) bytes"),
            ]
        }
        add("accelerator", to: &findings) { () throws(MachineError) in
            let accelerator = try Accelerator(self.accelerator)
            return [("accelerator", "\(accelerator.kind.rawValue), \(accelerator.reason)")]
        }
        add("hypervisor", to: &findings) { () throws(MachineError) in [("hypervisor", try QEMU(self).path)] }
        add("file server", to: &findings) { () throws(MachineError) in
            let server = try FileServer(self)
            return [("file server", "\(server.path), \(server.generation == .c ? "of QEMU" : "virtio-fs's own")")]
        }
        add("user", to: &findings) { () throws(MachineError) in
            guard let user else { return [("user", "another for each machine")] }
            return [("user", "\(user.uid):\(user.gid), of the settings")]
        }
        return findings
    }
}

private func add(
    _ subject: String, to findings: inout [Finding], _ look: () throws(MachineError) -> [(String, String)]
) {
    do throws(MachineError) { findings += try look().map { Finding(subject: $0.0, text: $0.1, isMissing: false) } } catch {
        findings.append(Finding(subject: subject, text: "\(error)", isMissing: true))
    }
}
