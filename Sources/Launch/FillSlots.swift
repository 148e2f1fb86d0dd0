internal import Kernel
internal import Plan
internal import Spec
internal import Steps

/// Opens all that the child is to find open.
func fillSlots(_ plan: LaunchPlan, _ inputs: borrowing LaunchInputs) throws(LaunchError) -> Slots {
    let state = inputs.state
    let slots = Slots(count: plan.slotCount)
    for join in plan.joins { slots.put(try openNamespace(join), in: join.slot) }
    do throws(SyscallError) {
        try putCopy(of: inputs.gate, in: .gate, slots)
        try putCopy(of: inputs.report, in: .report, slots)
        if let target = plan.target { try putCopy(of: inputs.target, in: target, slots) }
        if let slot = plan.createContainerState { slots.put(try stateFile(state, .creating), in: slot) }
        if let slot = plan.startContainerState { slots.put(try stateFile(state, .created), in: slot) }
    } catch { throw .prepare("prepare container init", error) }
    return slots
}

private func putCopy(of fd: borrowing OwnedFD?, in slot: Slot, _ slots: Slots) throws(SyscallError) {
    switch fd {
    case .none: return
    case .some(let fd): slots.put(try fd.duplicate(), in: slot)
    }
}

private func openNamespace(_ join: NamespaceJoin) throws(LaunchError) -> OwnedFD {
    let field = "config.json: \(join.field)"
    do throws(SyscallError) {
        let fd = try open(join.path, .readOnly)
        if try namespaceKind(of: fd)?.flag == join.type { return fd }
    } catch { throw .prepare(field, error) }
    throw .unfit("\(field): \(join.path) is no \(join.kind.rawValue) namespace")
}

private func stateFile(_ state: State, _ status: Status) throws(SyscallError) -> OwnedFD {
    let file = try makeMemoryFile("state")
    try write(stateTemplate(state, status).text, to: file)
    return file
}
