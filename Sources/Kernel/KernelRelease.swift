import CLinux

/// The running kernel.
public struct KernelRelease: Hashable, Sendable {
    /// As `uname -r` tells it.
    public let text: String
    /// As `uname -m` tells it, such as `x86_64`.
    public let machine: String
    public let major: Int
    public let minor: Int

    /// Takes the two numbers at the beginning; 0 stands for one that is not there.
    init(_ text: String, machine: String) {
        self.text = text
        self.machine = machine
        let numbers = text.split(separator: ".", maxSplits: 2).map { part in
            Int(part.prefix { ("0"..."9").contains($0) }) ?? 0
        }
        major = numbers.first ?? 0
        minor = numbers.count > 1 ? numbers[1] : 0
    }

    /// The corresponding system call is `uname(2)`.
    public static func current() throws(SyscallError) -> KernelRelease {
        var release = [CChar](repeating: 0, count: 65)
        var machine = [CChar](repeating: 0, count: 65)
        try call("uname") { unsafe clinux_uname(&release, 65, &machine, 65) }
        return KernelRelease(text(release), machine: text(machine))
    }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    public func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        (self.major, self.minor) >= (major, minor)
    }
}
