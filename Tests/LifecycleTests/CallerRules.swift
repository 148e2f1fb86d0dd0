// What the programs that call a runtime make of its failure, as their sources and a trial of Debian's versions have it. These are the only
// copies of the rules; docs/errors.md shows what they come to.

/// The verbs as callers use them.
enum CallerRules {
    /// What containerd tells its own caller. `message` is the last record of level error in --log, `output` what was captured.
    ///
    /// containerd-shim-runc-v2, process/{init,exec}.go: the record of create, start and exec is shown behind "OCI runtime ... failed";
    /// of kill the output is searched, of delete the error's text.
    static func containerd(_ verb: String, message: String, output: String) -> String {
        switch verb {
        case "create", "start", "exec": return "OCI runtime \(verb) failed: \(message)"
        case "pause", "resume", "update", "ps": return message
        case "kill":
            if output.contains("os: process already finished") || output.contains("container not running")
                || output.lowercased().contains("no such process")
            {
                return "process already finished: not found"
            }
            return output.contains("does not exist") ? "no such container: not found" : "unknown error after kill: \(message)"
        case "delete": return message.contains("does not exist") ? "success" : "failed to delete task: \(message)"
        default: return "–"
        }
    }

    /// The exit code of `podman run` when create fails, of `podman start`, of `podman exec`.
    ///
    /// libpod/oci_conmon_common.go, getOCIRuntimeError, and libpod/define/exec_codes.go, ExitCode and
    /// TranslateExecErrorToExitCode. A start's own words go to the terminal and are not searched.
    static func podman(_ verb: String, message: String) -> String {
        let text = message.lowercased()
        switch verb {
        case "create":
            // "OCI runtime attempted to invoke a command that was not found" is what the first three become.
            let words = ["executable file not found in", "no such file or directory", "open executable", "not found", "no such file"]
            return words.contains { text.contains($0) } ? "127" : "126"
        case "start": return "126"
        case "exec":
            if text.contains("permission denied") || text.contains("operation not permitted") { return "126" }
            let words = ["executable file not found in", "no such file or directory", "open executable"]
            return words.contains { text.contains($0) } ? "127" : "255"
        default: return "–"
        }
    }

    /// The exit code that dockerd gives a container or an exec that does not come up. moby, daemon/errors.go, setExitCodeFromError.
    static func docker(_ verb: String, message: String) -> String {
        guard ["create", "start", "exec"].contains(verb) else { return "–" }
        let text = message.lowercased()
        if ["permission denied", "is a directory"].contains(where: { text.contains($0) }) { return "126" }
        let words = [
            "not a directory", "executable file not found", "no such file or directory", "system cannot find the file specified",
            "failed to run runc create/exec call",
        ]
        return words.contains { text.contains($0) } ? "127" : "128"
    }

    /// Words that tell callers that the program to run is missing or may not be run: no other message may have one of them.
    static let reserved = [
        "permission denied", "operation not permitted", "is a directory", "not a directory", "no such file", "not found", "open executable",
        "system cannot find the file specified", "failed to run runc create/exec call", "no such process", "os: process already finished",
    ]
}
