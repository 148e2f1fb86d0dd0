import Filters
import Spec
import Testing

private let samples: [UInt64] = [
    0, 1, 4, 5, 6, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0005, 0x5_0000_0000, 0x5_0000_0001,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, .max,
]

/// What the manual says of each operator (seccomp_rule_add(3)), on 64 bits, unsigned.
private func holds(_ comparison: Seccomp.Comparison, _ argument: UInt64, _ value: UInt64, _ valueTwo: UInt64) -> Bool {
    switch comparison {
    case .notEqual: argument != value
    case .less: argument < value
    case .lessOrEqual: argument <= value
    case .equal: argument == value
    case .greaterOrEqual: argument >= value
    case .greater: argument > value
    case .maskedEqual: argument & value == valueTwo
    }
}

@Suite struct ArgumentTests {
    private func answer(_ arguments: [Seccomp.Argument], _ call: [UInt64]) throws -> UInt32 {
        decide(
            try program(profile(.errno, [rule(.allow, ["ioctl"], arguments)])), Call(architecture: Arch.x8664, number: 16, arguments: call))
    }

    private func equal(_ index: UInt32, _ value: UInt64) -> Seccomp.Argument {
        Seccomp.Argument(index: index, value: value, valueTwo: 0, comparison: .equal)
    }

    @Test(arguments: Seccomp.Comparison.allCases.filter { $0 != .maskedEqual })
    func `an argument is compared on all its 64 bits`(comparison: Seccomp.Comparison) throws {
        for value in samples {
            let condition = Seccomp.Argument(index: 2, value: value, valueTwo: 0, comparison: comparison)
            let program = try program(profile(.errno, [rule(.allow, ["ioctl"], [condition])]))
            for argument in samples {
                let answer = decide(program, Call(architecture: Arch.x8664, number: 16, arguments: [7, 7, argument]))
                let expected = holds(comparison, argument, value, 0) ? Answer.allow : Answer.refused
                #expect(answer == expected, "\(argument) \(comparison) \(value)")
            }
        }
    }

    @Test(
        arguments: [
            (0xff, 5), (0xff, 0), (0x7e02_0000, 0), (0xffff_ffff_0000_0000, 0x5_0000_0000), (0x8000_0000_0000_0001, 0x8000_0000_0000_0000),
            (.max, .max), (.max, 0x1_0000_0005),
        ] as [(UInt64, UInt64)])
    func `a masked argument is compared on the mask's bits`(mask: UInt64, value: UInt64) throws {
        let condition = Seccomp.Argument(index: 0, value: mask, valueTwo: value, comparison: .maskedEqual)
        let program = try program(profile(.errno, [rule(.allow, ["ioctl"], [condition])]))
        for argument in samples {
            let answer = decide(program, Call(architecture: Arch.x8664, number: 16, arguments: [argument]))
            let expected = holds(.maskedEqual, argument, mask, value) ? Answer.allow : Answer.refused
            #expect(answer == expected, "\(argument)")
        }
    }

    @Test func `each of the six arguments can be looked at`() throws {
        for index in 0..<6 {
            var call: [UInt64] = [0, 0, 0, 0, 0, 0]
            #expect(try answer([equal(UInt32(index), 9)], call) == Answer.refused)
            call[index] = 9
            #expect(try answer([equal(UInt32(index), 9)], call) == Answer.allow)
        }
    }

    @Test func `conditions on different arguments must all hold`() throws {
        let both = [equal(0, 1), equal(1, 2)]
        #expect(try answer(both, [1, 2]) == Answer.allow)
        #expect(try answer(both, [1, 3]) == Answer.refused)
        #expect(try answer(both, [2, 2]) == Answer.refused)
    }

    @Test func `conditions on the same argument are alternatives, all of them then`() throws {
        let either = [equal(0, 1), equal(0, 2), equal(1, 7)]
        for call in [[1, 0], [2, 0], [0, 7]] as [[UInt64]] { #expect(try answer(either, call) == Answer.allow, "\(call)") }
        #expect(try answer(either, [3, 0]) == Answer.refused)
    }
}
