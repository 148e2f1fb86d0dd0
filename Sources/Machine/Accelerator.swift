internal import Kernel

/// What executes the guest's instructions.
public struct Accelerator: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// The processor.
        case kvm
        /// QEMU, translating them: ten times slower and more.
        case tcg
    }

    public let kind: Kind
    /// Why it is this one, such as `/dev/kvm: permission denied`.
    public let reason: String

    /// Throws where KVM is asked for and cannot be used.
    public init(_ choice: HostSettings.AcceleratorChoice) throws(MachineError) {
        let obstacle = choice == .tcg ? nil : try obstacleToKVM()
        switch (choice, obstacle) {
        case (.tcg, _): self.init(kind: .tcg, reason: "accelerator of \(HostSettings.path)")
        case (_, nil): self.init(kind: .kvm, reason: "/dev/kvm can be used")
        case (.auto, let obstacle?): self.init(kind: .tcg, reason: "KVM cannot be used: \(obstacle)")
        case (.kvm, let obstacle?): throw .unfit("accelerator kvm of \(HostSettings.path): KVM cannot be used: \(obstacle)")
        }
    }

    init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// nil: there is none.
private func obstacleToKVM() throws(MachineError) -> String? {
    do throws(SyscallError) { _ = try open("/dev/kvm", .readWrite) } catch { return "/dev/kvm: \(error.errno)" }
    return try step("look at the processor") { () throws(SyscallError) in
        guard try KernelRelease.current().machine == "x86_64" else { return nil }
        // Some hosts offer a device for guests made for it, in which an ordinary kernel is interpreted.
        let flags = try ProcFS.open().readText("cpuinfo", limit: 64 << 20).split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
        let words = flags.split(whereSeparator: \.isWhitespace)
        return words.contains("vmx") || words.contains("svm") ? nil : "the processor shows neither vmx nor svm"
    }
}
