import Cgroups
import Spec

/// What a process wants of a device: `struct bpf_cgroup_dev_ctx` of `<linux/bpf.h>`.
struct DeviceRequest {
    var kind: DeviceRule.Kind
    var major: UInt32
    var minor: UInt32
    var access: DeviceRule.Access

    init(_ kind: DeviceRule.Kind, _ major: UInt32, _ minor: UInt32, _ access: DeviceRule.Access) {
        (self.kind, self.major, self.minor, self.access) = (kind, major, minor, access)
    }

    var words: [UInt32] {
        // BPF_DEVCG_DEV_BLOCK is 1, BPF_DEVCG_DEV_CHAR 2; BPF_DEVCG_ACC_MKNOD 1, READ 2, WRITE 4.
        [UInt32(access.rawValue) << 16 | (kind == .block ? 1 : 2), major, minor]
    }
}

/// Runs eBPF (RFC 9669) as far as a device program needs it, and traps on what the kernel's verifier would refuse: unknown
/// instructions, registers never written, reads outside the request, an end without an answer.
func allows(_ program: [UInt64], _ request: DeviceRequest) -> Bool {
    var registers = [UInt64?](repeating: nil, count: 11)
    registers[1] = 0
    var index = 0
    while true {
        precondition(program.indices.contains(index), "the program leaves itself at \(index)")
        let instruction = Decoded(program[index])
        index += 1
        let (source, destination) = (Int(instruction.source), Int(instruction.destination))
        func value(_ register: Int) -> UInt32 {
            guard let value = registers[register] else { preconditionFailure("r\(register) is read before it is written") }
            return UInt32(truncatingIfNeeded: value)
        }
        let immediate = UInt32(bitPattern: instruction.immediate)
        func jump(_ condition: Bool) { if condition { index += Int(instruction.offset) } }
        switch instruction.code {
        case 0x61:
            precondition(source == 1 && [0, 4, 8].contains(instruction.offset), "a load outside the request")
            registers[destination] = UInt64(request.words[Int(instruction.offset) / 4])
        case 0xbc: registers[destination] = UInt64(value(source))
        case 0xb4: registers[destination] = UInt64(immediate)
        case 0x54: registers[destination] = UInt64(value(destination) & immediate)
        case 0x74: registers[destination] = UInt64(value(destination) >> immediate)
        case 0x16: jump(value(destination) == immediate)
        case 0x56: jump(value(destination) != immediate)
        case 0x5e: jump(value(destination) != value(source))
        case 0x95:
            precondition(value(0) <= 1, "an answer that is neither yes nor no")
            return value(0) == 1
        default: preconditionFailure("instruction \(instruction.code) at \(index - 1)")
        }
    }
}

private struct Decoded {
    let code: UInt8
    let destination: UInt8
    let source: UInt8
    let offset: Int16
    let immediate: Int32

    init(_ bits: UInt64) {
        // As on a little-endian machine, which both of ours are.
        code = UInt8(truncatingIfNeeded: bits)
        destination = UInt8(truncatingIfNeeded: bits >> 8 & 0xf)
        source = UInt8(truncatingIfNeeded: bits >> 12 & 0xf)
        offset = Int16(truncatingIfNeeded: bits >> 16)
        immediate = Int32(truncatingIfNeeded: bits >> 32)
    }
}
