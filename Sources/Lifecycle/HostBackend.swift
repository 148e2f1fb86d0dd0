/// Containers whose processes the host's own kernel runs.
struct HostBackend: Backend {
    let settings: Settings
}
