import JSON
import TestKit
import Testing

/// What a program in a machine tells an engine that passes it on itself, as podman with conmon does.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(3)))
struct SandboxNotifyTests {
    /// Runs the rest of its words, and prints what came meanwhile to a socket at the first.
    private static let listener = """
        import socket, subprocess, sys
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(sys.argv[1])
        status = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL)
        listener.setblocking(False)
        try:
            while True: print(listener.recv(4096).decode().strip())
        except BlockingIOError: pass
        sys.exit(status)
        """

    @Test(arguments: [("notify.sock", ["READY=1"]), ("../other.sock", [])])
    func `an engine's socket is told, and none that a container leads to`(socket: String, told: [Substring]) throws {
        let bundle = try sandboxed("notify", "STATUS=begun", "--", "notify", "READY=1")
        let scratch = bundle.scratch
        let engine = scratch.directory + "/engine"
        try Files.makeDirectory(engine)
        if socket != "notify.sock" { try Files.makeSymlink(engine + "/notify.sock", to: socket) }
        bundle.mount("/run/notify", "bind", engine, ["bind"])
        bundle.append("/process/env", "NOTIFY_SOCKET=/run/notify/notify.sock")
        try bundle.save()
        let outcome = try execute(
            ["python3", "-c", Self.listener, "\(engine)/\(socket)", UnderTest.machineBinary, "--root", scratch.root, "run"]
                + ["--bundle", bundle.path, scratch.unique("box")], environment: scratch.environment, deadline: .boot)
        #expect(outcome.status == 0, "\(outcome)")
        let lines = outcome.output.split(separator: "\n")
        let (actions, heard) = (lines.filter { $0.hasPrefix("{") }, lines.filter { !$0.hasPrefix("{") })
        #expect(actions.count == 2 && actions.allSatisfy { !$0.contains("errno") }, "the program has told: \(outcome)")
        #expect(heard == told, "\(outcome)")
    }
}
