import JSON
import TestKit
import Testing

// The calls that CRI-O makes, by the real conmon and directly, beside runc. CRI-O itself is not among Debian's packages.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct CRIOTests {
    @Test func `a container's life`() throws {
        try CRIO.compared("a container's life") { conmon, runtime in
            let bundle = try CRIO.bundle("read line; echo got $line; read line; echo $line >&2; exit 5")
            try conmon.create("c", bundle, .input)
            try runtime.awaitStatus("created", of: "c")
            let attached = try conmon.attach("c")
            try runtime("start", "c")
            try runtime.awaitStatus("running", of: "c")
            attached.send("typed\n")
            _ = try attached.output.wait(for: "got typed\n")
            try runtime("exec", "--process", try conmon.processFile(CRIO.process("echo out; echo err >&2; exit 3")), "c", status: 3)
            attached.send("the end\n")
            _ = try attached.errors.wait(for: "the end\n")
            try conmon.observeEnd("c")
            try attached.close()
            try runtime.awaitStatus("stopped", of: "c")
            try runtime("kill", "c", "KILL", status: 1)
            try runtime("delete", "--force", "c")
            try runtime("delete", "--force", "c")
            try runtime("state", "c", status: 1)
        }
    }

    @Test func `the end, and the command that conmon runs then`() throws {
        try CRIO.compared("the end of a container") { conmon, runtime in
            let told = "\(runtime.room.scratch.directory)/told-\(runtime.runtime.name)"
            let bundle = try CRIO.bundle("exec sleep 1000")
            let words = ["--exit-command", "/bin/sh", "--exit-command-arg", "-c", "--exit-command-arg", "echo told > \(told)"]
            try conmon.create("c", bundle, .none, words)
            try runtime("start", "c")
            try runtime("kill", "c", "0")
            try runtime("kill", "c", "KILL")
            try conmon.observeEnd("c")
            let deadline = Deadline.usual
            while Files.text(told) != "told\n" { if deadline.hasPassed { throw Failure("waited for the exit command") } }
            try runtime("delete", "c")
        }
    }

    @Test func `a container at a terminal`() throws {
        try CRIO.compared("a terminal") { conmon, runtime in
            let resized = "until [ \"$(stty size 2>/dev/null)\" = '40 120' ]; do :; done"
            let bundle = try CRIO.bundle("stty -echo; tty; \(resized); read line; echo got $line; exit 6")
            bundle.set("/process/terminal", true)
            try conmon.create("c", bundle, .terminal)
            let attached = try conmon.attach("c")
            try runtime("start", "c")
            runtime.observe("terminal", try attached.output.wait(for: "/dev/pts/0"))
            try conmon.resize(bundle, rows: 40, columns: 120)
            attached.send("typed\n")
            runtime.observe("answer", try attached.output.wait(for: "got typed"))
            try conmon.observeEnd("c")
            try attached.close()
            try runtime("delete", "--force", "c")
        }
    }

    @Test func `what cannot be created is told by conmon`() throws {
        try CRIO.compared("a failing create") { conmon, runtime in
            for (id, program) in [("a", "nosuch"), ("b", "/nosuch"), ("c", "/etc/passwd"), ("d", "/etc")] {
                let bundle = try CRIO.bundle("")
                bundle.set("/process/args", [.string(program)])
                try conmon.create(id, bundle)
                try runtime("delete", "--force", id)
            }
        }
    }

    @Test func `exec for a probe, by conmon`() throws {
        try CRIO.compared("ExecSync") { conmon, runtime in
            try conmon.create("c", try CRIO.bundle("exec sleep 1000"))
            try runtime("start", "c")
            try conmon.execSync("c", CRIO.process("echo out; exit 3"))
            try conmon.execSync("c", CRIO.process("echo err >&2; kill -9 $$"))
            try conmon.execSync("c", CRIO.process(["nosuch"]))
            try conmon.execSync("c", CRIO.process(["/etc/passwd"]))
            try conmon.execSync("c", CRIO.process("exec sleep 1000"), seconds: 1)
            try runtime("kill", "c", "KILL")
            try conmon.observeEnd("c")
            try conmon.execSync("c", CRIO.process("echo too late"))
            try runtime("delete", "c")
        }
    }

    @Test func `exec in the foreground, with pipes and at a terminal`() throws {
        try CRIO.compared("exec in the foreground") { conmon, runtime in
            try conmon.create("c", try CRIO.bundle("exec sleep 1000"))
            try runtime("start", "c")
            func file(_ process: Value) throws -> String { try conmon.processFile(process) }
            try runtime("exec", "--process", try file(CRIO.process("cat; exit 3")), "c", status: 3, input: .text("through a pipe\n"))
            try runtime("exec", "--process", try file(CRIO.process("kill -9 $$")), "c", status: 137)
            try runtime("exec", "--process", try file(CRIO.process(["nosuch"])), "c", status: 255)
            let script = "stty -echo; stty size; until [ \"$(stty size)\" = '40 120' ]; do :; done; read line; echo got $line; exit 4"
            try runtime.terminal("exec", "--process", try file(CRIO.process(script, terminal: true)), "c", status: 4) { terminal in
                _ = try terminal.output.wait(for: "33 101")
                terminal.resize(rows: 40, columns: 120)
                terminal.send("typed\n")
            }
            try runtime("pause", "c")
            try runtime.awaitStatus("paused", of: "c")
            try runtime("resume", "c")
            try runtime("kill", "c", "9")
            try conmon.observeEnd("c")
            try runtime("delete", "c")
        }
    }

    @Test func `a pod: namespaces that are joined, and what is left in them`() throws {
        try CRIO.compared("a pod") { conmon, runtime in
            let infra = try CRIO.bundle("exec sleep 1000")
            try conmon.create("infra", infra)
            try runtime("start", "infra")
            let pid = Files.text(infra.path + "/pidfile")
            let inner = try #require(try runtime.quietly(["state", "infra"]).json()["pid"]?.integer)
            #expect(pid == String(inner))
            let bundle = try CRIO.bundle("sleep 1234 & echo begun; read line")
            for (type, name) in [("network", "net"), ("ipc", "ipc"), ("uts", "uts"), ("pid", "pid")] {
                bundle.namespace(type, "/proc/\(pid)/ns/\(name)")
            }
            bundle.remove("/hostname")
            try conmon.create("c", bundle, .input)
            let attached = try conmon.attach("c")
            try runtime("start", "c")
            _ = try attached.output.wait(for: "begun\n")
            for name in ["net", "ipc", "uts", "pid"] {
                let links = try ["infra", "c"].map { try runtime.quietly(["exec", $0, "readlink", "/proc/self/ns/\(name)"]).output }
                #expect(links[0] == links[1] && links[0].hasPrefix(name), "\(runtime.runtime.name): \(links)")
            }
            let count = ["exec", "infra", "sh", "-c", "ps -o args | grep -c '^sleep 1234'"]
            #expect(try runtime.quietly(count).output == "1\n")
            try runtime("kill", "c", "KILL")
            try conmon.observeEnd("c")
            try attached.close()
            try runtime.awaitStatus("stopped", of: "c")
            runtime.observe("left after kill KILL", try runtime.quietly(count).output)
            try runtime("kill", "-a", "c", "9")
            try runtime.wait(for: "0", "exec", "infra", "sh", "-c", "ps -o args | grep -c '^sleep 1234'")
            try runtime("delete", "--force", "c")
            try runtime("kill", "infra", "KILL")
            try conmon.observeEnd("infra")
            try runtime("delete", "--force", "infra")
        }
    }
}
