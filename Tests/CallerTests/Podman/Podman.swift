import TestKit
import Testing

/// podman, in a room of its own, with an image called `box`.
enum Podman {
    static let configuration = """
        [containers]
        # The machine's pids controller may belong to cgroup v1.
        pids_limit = 0
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        runtime_supports_json = ["crun", "runc", "swiftrun"]
        [engine.runtimes]
        swiftrun = ["\(OCIRuntime.swiftrun.path)"]

        """

    static let global = ["--root", "/run/store", "--runroot", "/run/podman-run", "--tmpdir", "/run/podman-tmp"]

    /// Puts the image and the configuration in the room.
    static func open() throws -> Room {
        let room = try Room()
        try Files.write(room.path("/run/containers.conf"), configuration)
        let imported = try session(room, .swiftrun).quietly(["import", "--quiet", try BusyboxImage.archive(in: room.scratch), "box"])
        guard imported.status == 0 else { throw Failure("podman import: \(imported)") }
        return room
    }

    static func session(_ room: Room, _ runtime: OCIRuntime) -> Sitting {
        Sitting(room, runtime, environment: ["CONTAINERS_CONF=/run/containers.conf"]) {
            ["podman"] + global + ["--runtime", runtime.path] + $0
        }
    }

    /// The same with swiftrun and with runc. Nothing may be left running of it, and what is seen must be the same.
    static func sameAsRunc(_ scenario: (Sitting) throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let room = try open()
        var sessions: [Sitting] = []
        for runtime in [OCIRuntime.swiftrun, .runc] {
            let session = session(room, runtime)
            try scenario(session)
            try session.quietly(["rm", "--all", "--force", "--time", "0"])
            #expect(try room.ended(ignoring: ["catatonit -P"]) == [], sourceLocation: sourceLocation)
            session.observeLeftovers(ofCaller: ["/libpod_parent", "/libpod_parent/conmon", "/run/store/overlay"])
            sessions.append(session)
        }
        compare(sessions[0], sessions[1], caller: "podman", sourceLocation: sourceLocation)
        try room.close()
    }
}
