internal import JSON

/// What the annotations `dev.swiftrun.sandbox*` ask for.
///
/// In a cluster it is who makes a pod that writes them: whether to have a machine, and small numbers; never a path of the host.
public struct SandboxRequest: Hashable, Sendable {
    public enum Choice: String, CaseIterable, Hashable, Sendable {
        /// The container runs in a virtual machine.
        case vm
        /// It does not, whatever else says it should.
        case none
    }

    /// `dev.swiftrun.sandbox`; nil: not said.
    public var choice: Choice?
    /// `dev.swiftrun.sandbox.memory`: MiB of the machine.
    public var memory: UInt32?
    /// `dev.swiftrun.sandbox.vcpus`: its processors.
    public var vcpus: UInt32?

    public init() {}

    /// What all keys that are not part of any other name begin with.
    public static let prefix = "dev.swiftrun.sandbox"
    public static let memoryRange: ClosedRange<UInt32> = 128...1_048_576
    public static let vcpuRange: ClosedRange<UInt32> = 1...255
}

extension SandboxRequest {
    /// `reader` is the object of annotations. A key that begins as these and is none of them is refused: a container that was to be
    /// in a machine must not be outside of one for a spelling.
    init(annotations reader: Reader) throws(JSONError) {
        for (key, value) in try reader.members() where key.hasPrefix(Self.prefix) {
            switch key.utf8.dropFirst(Self.prefix.utf8.count) {
            case let rest where rest.isEmpty: choice = try value.choice(of: Choice.self)
            case let rest where rest.elementsEqual(".memory".utf8): memory = try value.decimal(in: Self.memoryRange)
            case let rest where rest.elementsEqual(".vcpus".utf8): vcpus = try value.decimal(in: Self.vcpuRange)
            default: throw value.fault("there is no such annotation")
            }
        }
    }
}

extension Reader {
    /// A number written as a string, as annotations have to: digits alone.
    func decimal<Number: FixedWidthInteger & Sendable>(in range: ClosedRange<Number>) throws(JSONError) -> Number {
        let text = try string()
        guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let number = Number(text),
            range.contains(number)
        else { throw mustBe("a number from \(range.lowerBound) to \(range.upperBound)") }
        return number
    }
}
