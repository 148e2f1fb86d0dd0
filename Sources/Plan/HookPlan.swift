internal import Spec
internal import Steps

extension Planner {
    mutating func addCreateHooks() throws(PlanError) {
        if !config.hooks.prestart.isEmpty || !config.hooks.createRuntime.isEmpty { add(.await(.runRuntimeHooks)) }
        guard !config.hooks.createContainer.isEmpty else { return }
        let state = newSlot()
        plan.createContainerState = state
        // What a hook makes on the host is not for everyone to write.
        add(.setUmask(0o022))
        for (index, hook) in config.hooks.createContainer.enumerated() {
            try add(hook, "createContainer", index, state, request.createStatePIDOffset, [])
        }
        add(.setUmask(0))
    }

    mutating func addStartHooks(_ process: Process) throws(PlanError) {
        guard let state = plan.startContainerState else { return }
        for (index, hook) in config.hooks.startContainer.enumerated() {
            try add(hook, "startContainer", index, state, request.startStatePIDOffset, process.environment)
        }
    }

    private mutating func add(
        _ hook: Hook, _ kind: String, _ index: Int, _ state: Slot, _ pidOffset: Int, _ environment: [String]
    ) throws(PlanError) {
        let field = "/hooks/\(kind)/\(index)"
        add(.runHook(HookStep(
            kind: try text(kind, field), path: try text(hook.path, "\(field)/path"),
            arguments: try texts(hook.arguments, "\(field)/args"),
            environment: try texts(hook.environment ?? environment, "\(field)/env"), state: state,
            pidOffset: pidOffset, timeout: Int64(hook.timeout ?? 0) * 1_000_000_000)))
    }
}
