internal import JSON
internal import Lifecycle
internal import Spec

/// What `state` and `list --format json` print, members in runc's order. go-runc and CRI-O read it.
func stateDocument(_ container: ContainerState, owner: String) -> Value {
    let state = container.state
    var members = [
        Value.Member("ociVersion", .string(SpecVersion.maximum)),
        Value.Member("id", .string(state.id)),
        Value.Member("pid", .number(String(state.pid))),
        Value.Member("status", .string(state.status.rawValue)),
        Value.Member("bundle", .string(state.bundle)),
        Value.Member("rootfs", .string(container.rootfs)),
        Value.Member("created", .string(container.created)),
    ]
    if !state.annotations.isEmpty {
        members.append(Value.Member("annotations", .object(state.annotations.map { Value.Member($0.key, .string($0.value)) })))
    }
    members.append(Value.Member("owner", .string(owner)))
    return .object(members)
}
