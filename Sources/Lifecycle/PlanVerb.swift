internal import JSON
internal import Plan
internal import Steps
internal import Store

extension Runtime {
    public enum PlanFormat: String, CaseIterable, Hashable, Sendable { case text, json }

    /// The plan of a bundle: what `create` would do, told and not done.
    public func plan(bundle directory: String, _ format: PlanFormat) throws(LifecycleError) -> String {
        let bundle = try Bundle(directory)
        // What depends on the caller rather than on the bundle is as in the foreground.
        let request = CreateRequest(id: "container", bundle: directory, attachment: .foreground, tellsReadiness: hasServiceManager)
        let design = try design(request, try containerID(request.id), bundle)
        return design.blueprint.text(format)
    }
}

extension HostBlueprint {
    func text(_ format: Runtime.PlanFormat) -> String {
        switch format {
        case .text: return plan.text
        case .json:
            let preparations = plan.preparations.map { Value.object([.init($0.name, .string($0.value))]) }
            let value: Value = [
                "prepare": .array(preparations),
                "steps": Value(plan.steps.map(\.description)),
                "warnings": Value(plan.warnings),
            ]
            return value.text(.indented("  ")) + "\n"
        }
    }
}
