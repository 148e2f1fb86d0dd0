/// One instruction of classic BPF: `struct sock_filter` of `<linux/filter.h>`, member by member.
struct Instruction: BitwiseCopyable {
    var code: UInt16
    var jumpTrue: UInt8 = 0
    var jumpFalse: UInt8 = 0
    var operand: UInt32

    /// A = the 32 bits at `offset` of `struct seccomp_data`.
    static func load(_ offset: Offset) -> Instruction { Instruction(code: 0x20, operand: offset.rawValue) }
    /// Skips `count` instructions.
    static func jump(_ count: Int) -> Instruction { Instruction(code: 0x05, operand: UInt32(count)) }
    /// Skips `count` instructions unless A == `operand`.
    static func skipUnlessEqual(_ operand: UInt32, _ count: UInt8) -> Instruction {
        Instruction(code: 0x15, jumpFalse: count, operand: operand)
    }
    /// Skips `count` instructions unless A > `operand`, unsigned.
    static func skipUnlessGreater(_ operand: UInt32, _ count: UInt8) -> Instruction {
        Instruction(code: 0x25, jumpFalse: count, operand: operand)
    }
    /// Skips `count` instructions if A >= `operand`, unsigned.
    static func skipIfAtLeast(_ operand: UInt32, _ count: UInt8) -> Instruction {
        Instruction(code: 0x35, jumpTrue: count, operand: operand)
    }
    /// Ends the program with a SECCOMP_RET_* value.
    static func answer(_ value: UInt32) -> Instruction { Instruction(code: 0x06, operand: value) }

    /// Members of `struct seccomp_data`.
    enum Offset: UInt32 {
        case number = 0
        case architecture = 4
    }

    var bits: UInt64 { unsafe unsafeBitCast(self, to: UInt64.self) }
}

/// BPF_MAXINSNS: the kernel refuses a longer program.
let longestProgram = 4096
