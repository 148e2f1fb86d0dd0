internal import CLinux
internal import Spec
internal import Steps

/// Collects one plan. Each topic adds its steps in a file of its own; their order stands in Order.swift alone.
struct Planner {
    let config: Config
    let request: LaunchRequest
    let facts: HostFacts
    var plan: LaunchPlan
    /// The slot of each mount's source, by its number in config.json; `root` where there is none.
    var mountSlots: [Slot] = []
    /// The slot of each bound device, in the order of `devices`.
    var deviceSlots: [Slot] = []
    /// Mounts that become read-only when everything is in them: where they are kept, and their places.
    var lateReadonly: [(Slot, CText)] = []
    var program: ProgramStep?

    init(_ config: Config, _ request: LaunchRequest, _ facts: HostFacts) {
        self.config = config
        self.request = request
        self.facts = facts
        plan = LaunchPlan(pool: TextPool())
    }

    mutating func add(_ step: Step) { plan.steps.append(step) }

    mutating func warn(_ text: String) { plan.warnings.append(text) }

    /// A descriptor's place of its own.
    mutating func newSlot() -> Slot {
        defer { plan.slotCount += 1 }
        return Slot(index: plan.slotCount)
    }

    func text(_ string: String, _ field: String) throws(PlanError) -> CText {
        guard let text = plan.pool.intern(string) else { throw PlanError(field, "contains a NUL byte") }
        return text
    }

    func texts(_ strings: [String], _ field: String) throws(PlanError) -> CTexts {
        var result: [CText] = []
        for (index, string) in strings.enumerated() { result.append(try text(string, "\(field)/\(index)")) }
        return plan.pool.intern(result)
    }

    func namespace(_ kind: Namespace.Kind) -> Namespace? { config.linux.namespaces.first { $0.kind == kind } }

    func isNew(_ kind: Namespace.Kind) -> Bool { namespace(kind).map(\.path.isEmpty) ?? false }

    /// Whether the container's processes have no rights over the first user namespace.
    var isUnprivileged: Bool { facts.isInUserNamespace || namespace(.user) != nil }
}
