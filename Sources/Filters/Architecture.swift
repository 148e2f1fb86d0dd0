import CSeccomp
import Spec

/// A calling convention: what `struct seccomp_data` says of it, and which numbers are its own.
struct Architecture: Hashable {
    /// libseccomp's token: the AUDIT_ARCH_* value, but for x32, to which the kernel gives that of x86_64.
    let token: UInt32

    /// nil for a name that the libseccomp at hand does not know.
    init?(_ name: String) {
        guard name.hasPrefix("SCMP_ARCH_") else { return nil }
        let token = unsafe seccomp_arch_resolve_name(name.dropFirst(10).lowercased())
        guard token != 0 else { return nil }
        self.token = token
    }

    private init(token: UInt32) { self.token = token }

    static var native: Architecture { Architecture(token: seccomp_arch_native()) }

    private static let x8664: UInt32 = 0xc000_003e
    private static let x32: UInt32 = 0x4000_003e
    private static let arm: UInt32 = 0x4000_0028
    private static let x32Bit: UInt32 = 0x4000_0000

    /// `arch` of `struct seccomp_data`.
    var auditValue: UInt32 { token == Self.x32 ? Self.x8664 : token }

    /// The smallest number of this convention.
    var first: UInt32 { token == Self.x32 ? Self.x32Bit : 0 }

    /// The smallest number that is no longer in the row new system calls are added to: the x32 bit on x86_64, the private
    /// calls (set_tls, cacheflush...) on 32-bit ARM. nil: there is none.
    var end: UInt32? {
        switch token {
        case Self.x8664: Self.x32Bit
        case Self.arm: 0x000f_0000
        default: nil
        }
    }

    /// The number of a system call; nil when this architecture has none of that name.
    func number(_ name: String) -> UInt32? {
        let number = unsafe seccomp_syscall_resolve_name_arch(token, name)
        guard number >= 0 else { return nil }
        return UInt32(number) | first
    }
}
