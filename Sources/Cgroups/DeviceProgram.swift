public import Spec

/// A program of type BPF_PROG_TYPE_CGROUP_DEVICE: asked at every mknod(2) and open(2) of a device node.
public struct DeviceProgram: Hashable, Sendable {
    /// Each element is one `struct bpf_insn` of `<linux/bpf.h>`, laid out as the kernel reads it.
    public let instructions: [UInt64]
    /// It says yes to everything: not having it changes nothing.
    public let allowsEverything: Bool

    /// Translates `linux.resources.devices`, and the default rules after it.
    public init(_ rules: [DeviceRule]) throws(CgroupsError) {
        var devices = DeviceExceptions()
        for (index, rule) in rules.enumerated() { try devices.apply(rule, "/linux/resources/devices/\(index)") }
        for rule in defaultDeviceRules { try devices.apply(rule, "/linux/resources/devices") }
        self.init(devices)
    }

    init(_ devices: DeviceExceptions) {
        allowsEverything = devices.allowsEverything
        let exception: Int32 = devices.allowsByDefault ? 0 : 1
        var program: [BPF] = [
            // struct bpf_cgroup_dev_ctx: access_type (access << 16 | type), major, minor.
            .load(.type, fromContextAt: 0), .copy(.type, to: .access), .shiftRight(.access, 16), .and(.type, 0xffff),
            .load(.major, fromContextAt: 4), .load(.minor, fromContextAt: 8),
        ]
        for (key, access) in devices.sorted {
            var test = devices.allowsByDefault ? Self.touches(access) : Self.isWithin(access)
            if let major = key.major { test.append(.skipUnlessEqual(.major, major)) }
            if let minor = key.minor { test.append(.skipUnlessEqual(.minor, minor)) }
            program += Self.rule([.skipUnlessEqual(.type, key.kind == .block ? 1 : 2)] + test, exception)
        }
        program += [.answer(1 - exception), .exit]
        instructions = program.map(\.bits)
    }

    /// An exception that allows covers a request if it has all that is asked for.
    private static func isWithin(_ access: DeviceRule.Access) -> [BPF] {
        if access.rawValue == 7 { return [] }
        return [.copy(.access, to: .scratch), .and(.scratch, Int32(access.rawValue)), .skipUnlessSame(.scratch, .access)]
    }

    /// One that denies does if it has any of it: v1 refuses to open for reading and writing what must not be written.
    private static func touches(_ access: DeviceRule.Access) -> [BPF] {
        [.copy(.access, to: .scratch), .and(.scratch, Int32(access.rawValue)), .skipIfZero(.scratch)]
    }

    /// The tests, each of which skips to the end of the rule, and its answer.
    private static func rule(_ tests: [BPF], _ answer: Int32) -> [BPF] {
        let whole = tests + [.answer(answer), .exit]
        return whole.enumerated().map { index, instruction in
            instruction.isJump ? instruction.jumping(Int16(whole.count - index - 1)) : instruction
        }
    }
}
