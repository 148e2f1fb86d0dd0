import TestKit
import Testing

/// `podman build` calls the runtime itself, not by conmon.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct PodmanBuildTests {
    @Test func `an image is built`() throws {
        try Podman.compared("build") { podman in
            try podman.build(
                "RUN echo made > /made; id; echo err >&2", "WORKDIR /tmp", "USER 1000", "RUN touch file; ls -l file | cut -c 1-10; pwd")
            try podman.build("RUN exit 3", status: 3)
            try podman.build("RUN [\"nosuch\"]", status: nil)
        }
    }

    @Test(.enabled(if: Machines.canBoot, Machines.missing)) func `each step is a machine`() throws {
        try Podman.compared("build in a machine", with: .machine) { podman in
            try podman.build("RUN echo made > /made; echo err >&2", "RUN cat /made; exit 3", status: 3)
        }
    }
}

extension Sitting {
    /// `status` nil: what is said differs, and is not looked at.
    fileprivate func build(_ lines: String..., status: Int32? = 0) throws {
        try Files.makeDirectory(room.path("/run/context"))
        try Files.write(room.path("/run/context/Containerfile"), "FROM localhost/box\n" + lines.joined(separator: "\n") + "\n")
        let words = ["build", "--no-cache", "--network", "none", "--isolation", "oci", "/run/context"]
        let outcome = try quietly(words)
        if let status {
            #expect(outcome.status == status, "\(runtime.name): \(outcome)")
            let output = outcome.output.replacing(/--> [0-9a-f]{11}/, with: "--> ID")
            transcript.record(words, output: output, errors: outcome.errors, outcome.ending)
        } else {
            #expect(outcome.status != 0 && outcome.errors.contains("executable file not found in $PATH"), "\(runtime.name): \(outcome)")
        }
    }
}
