import Filters

/// What the kernel looks at: `struct seccomp_data`.
struct Call {
    var architecture: UInt32
    var number: UInt32
    var arguments: [UInt64] = []
}

/// Runs classic BPF as the kernel's seccomp does: only the instructions seccomp_check_filter() lets through, and trapping on what the
/// kernel's checker would refuse (a jump beyond the end, an unknown instruction, an offset outside the data).
func decide(_ program: [UInt64], _ call: Call) -> UInt32 {
    var accumulator: UInt32 = 0
    var index: UInt32 = 0
    var scratch = [UInt32](repeating: 0, count: 16)
    var x: UInt32 = 0
    while true {
        precondition(index < program.count, "the program runs past its end")
        let (code, jumpTrue, jumpFalse, operand) = fields(program[Int(index)])
        index += 1
        func jump(_ condition: Bool) { index += condition ? jumpTrue : jumpFalse }
        switch code {
        case 0x20: accumulator = call.word(at: operand)
        case 0x00: accumulator = operand
        case 0x60: accumulator = scratch[Int(operand)]
        case 0x61: x = scratch[Int(operand)]
        case 0x02: scratch[Int(operand)] = accumulator
        case 0x07: x = accumulator
        case 0x87: accumulator = x
        case 0x54: accumulator &= operand
        case 0x05: index += operand
        case 0x15: jump(accumulator == operand)
        case 0x25: jump(accumulator > operand)
        case 0x35: jump(accumulator >= operand)
        case 0x45: jump(accumulator & operand != 0)
        case 0x06: return operand
        default: preconditionFailure("instruction \(code) at \(index - 1)")
        }
    }
}

private func fields(_ instruction: UInt64) -> (code: UInt16, jumpTrue: UInt32, jumpFalse: UInt32, operand: UInt32) {
    unsafe withUnsafeBytes(of: instruction) { bytes in
        unsafe (
            bytes.loadUnaligned(fromByteOffset: 0, as: UInt16.self), UInt32(bytes[2]), UInt32(bytes[3]),
            bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        )
    }
}

extension Call {
    /// Both x86_64 and aarch64 keep the low word of an argument first.
    func word(at offset: UInt32) -> UInt32 {
        switch offset {
        case 0: return number
        case 4: return architecture
        case 8, 12: return 0
        default:
            precondition(offset >= 16 && offset < 64 && offset.isMultiple(of: 4), "offset \(offset)")
            let index = Int(offset - 16) / 8
            let argument = index < arguments.count ? arguments[index] : 0
            return offset.isMultiple(of: 8) ? UInt32(truncatingIfNeeded: argument) : UInt32(argument >> 32)
        }
    }
}

/// SECCOMP_RET_*.
enum Answer {
    static let allow: UInt32 = 0x7fff_0000
    static let log: UInt32 = 0x7ffc_0000
    static let trap: UInt32 = 0x0003_0000
    static let killThread: UInt32 = 0
    static let killProcess: UInt32 = 0x8000_0000
    static let notify: UInt32 = 0x7fc0_0000
    static func errno(_ value: UInt32) -> UInt32 { 0x0005_0000 | value }
    static func trace(_ value: UInt32) -> UInt32 { 0x7ff0_0000 | value }
    static let refused = errno(1)
    static let noSuchCall = errno(38)
}

/// AUDIT_ARCH_*.
enum Arch {
    static let x8664: UInt32 = 0xc000_003e
    static let i386: UInt32 = 0x4000_0003
    static let aarch64: UInt32 = 0xc000_00b7
    static let arm: UInt32 = 0x4000_0028
    static let riscv64: UInt32 = 0xc000_00f3
}

let x32Bit: UInt32 = 0x4000_0000
