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
        runtime_supports_json = ["crun", "runc", "swiftrun", "swiftrun-vm"]
        [engine.runtimes]
        swiftrun = ["\(OCIRuntime.swiftrun.path)"]

        """

    static let global = ["--root", "/run/store", "--runroot", "/run/podman-run", "--tmpdir", "/run/podman-tmp"]

    /// Puts the image and the configuration in the room.
    static func open() throws -> Room {
        let room = try Room()
        try Machines.prepare(room)
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

    /// A scenario with runc and with `runtime`, of which nothing may be left running.
    static func compared(
        _ scenario: String, with runtime: OCIRuntime = .swiftrun, sourceLocation: SourceLocation = #_sourceLocation,
        _ play: (Sitting) throws -> Void
    ) throws {
        let room = try open()
        try compare("podman", scenario, with: runtime, sourceLocation: sourceLocation) { runtime in
            let podman = session(room, runtime)
            try play(podman)
            try podman.quietly(["rm", "--all", "--force", "--time", "0"])
            #expect(try room.ended(ignoring: ["catatonit -P"]) == [], sourceLocation: sourceLocation)
            podman.observeLeftovers(ofCaller: ["/libpod_parent", "/libpod_parent/conmon", "/run/store/overlay"])
            return podman.transcript
        }
        try room.close()
    }
}
