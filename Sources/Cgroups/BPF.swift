/// One instruction of eBPF: `struct bpf_insn` of `<linux/bpf.h>`, member by member (RFC 9669).
struct BPF: BitwiseCopyable {
    var code: UInt8
    /// Two numbers of four bits, destination and source, in the order of C's bit fields.
    var registers: UInt8
    var offset: Int16 = 0
    var immediate: Int32 = 0

    /// What the registers hold in a device program; the kernel passes the request in r1 and takes the answer from r0.
    enum Register: UInt8 {
        case answer = 0
        case context = 1
        case type = 2
        case access = 3
        case major = 4
        case minor = 5
        case scratch = 6
    }

    private init(_ code: UInt8, _ destination: Register, _ source: Register = .answer, _ immediate: Int32 = 0) {
        self.code = code
        self.immediate = immediate
        let isLittleEndian = UInt16(1).littleEndian == 1
        let (low, high) = isLittleEndian ? (destination, source) : (source, destination)
        registers = low.rawValue | high.rawValue << 4
    }

    /// Loads 32 bits, zero-extended.
    static func load(_ register: Register, fromContextAt offset: Int16) -> BPF {
        var instruction = BPF(0x61, register, .context)
        instruction.offset = offset
        return instruction
    }
    static func copy(_ source: Register, to destination: Register) -> BPF { BPF(0xbc, destination, source) }
    static func and(_ register: Register, _ mask: Int32) -> BPF { BPF(0x54, register, .answer, mask) }
    static func shiftRight(_ register: Register, _ count: Int32) -> BPF { BPF(0x74, register, .answer, count) }
    // 32-bit jumps: the 64-bit ones extend the sign of a number above 2^31.
    static func skipUnlessEqual(_ register: Register, _ value: UInt32) -> BPF {
        BPF(0x56, register, .answer, Int32(bitPattern: value))
    }
    static func skipUnlessSame(_ register: Register, _ other: Register) -> BPF { BPF(0x5e, register, other) }
    static func skipIfZero(_ register: Register) -> BPF { BPF(0x16, register) }
    static func answer(_ value: Int32) -> BPF { BPF(0xb4, .answer, .answer, value) }
    static var exit: BPF { BPF(0x95, .answer) }

    var isJump: Bool { code & 0x07 == 0x06 }

    func jumping(_ count: Int16) -> BPF {
        var instruction = self
        instruction.offset = count
        return instruction
    }

    var bits: UInt64 { unsafe unsafeBitCast(self, to: UInt64.self) }
}
