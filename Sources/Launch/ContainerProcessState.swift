internal import JSON
internal import Spec

/// What a seccomp agent is told along with the listener (runtime-spec config-linux.md).
func containerProcessState(_ state: State, metadata: String) -> [UInt8] {
    let value: Value = [
        "ociVersion": .string(SpecVersion.maximum),
        "fds": ["seccompFd"],
        "pid": Value(state.pid),
        "metadata": .string(metadata),
        "state": state.json,
    ]
    return Array(value.text(.compact).utf8)
}
