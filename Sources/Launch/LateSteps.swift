internal import Kernel
public import Plan
internal import Steps

/// A step after the gate, as the record keeps it for `start` to name: its number and the words for its failure.
public struct LateStep: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case hook, program, step }

    public var kind: Kind
    public var name: String

    init(_ kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// One word for the kind, then the name.
    public var text: String { "\(kind.rawValue) \(name)" }

    /// What `text` gave.
    public init(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        kind = parts.first.flatMap { Kind(rawValue: String($0)) } ?? .step
        name = parts.count == 2 ? String(parts[1]) : text
    }
}

/// The steps that `start` will be told of, in order, and the number of the first.
public func lateSteps(of plan: LaunchPlan) -> (first: Int, steps: [LateStep]) {
    let late = plan.lateSteps
    let steps = late.map { step -> LateStep in
        switch step {
        case .runHook(let hook): LateStep(.hook, name: "\(hook.kind) \(hook.path)")
        case .execute(let program): LateStep(.program, name: "\(program.name)")
        default: LateStep(.step, name: "\(step)")
        }
    }
    return (late.startIndex, steps)
}

/// A failure after the gate in words.
public func lateFailure(_ step: LateStep, _ value: Int32) -> LaunchError {
    switch step.kind {
    case .hook: .hook(step.name, hookEnd(value), output: "")
    case .program: .program(step.name, Errno(rawValue: value))
    case .step: .step(step.name, Errno(rawValue: value))
    }
}

/// What a started container's init says on its fifo.
public enum LateWord: Hashable, Sendable {
    /// Nothing but execve is left.
    case executing
    case failed(step: Int, value: Int32)
    /// Closed: by execve, or by its death.
    case silence

    /// `bytes`: what was read at once.
    public init(_ bytes: [UInt8]) {
        guard bytes.count == MemoryLayout<Report>.size else {
            self = .silence
            return
        }
        let subject = number(bytes[0..<4])
        self = subject == Report.executing ? .executing : .failed(step: Int(subject), value: number(bytes[4..<8]))
    }
}
