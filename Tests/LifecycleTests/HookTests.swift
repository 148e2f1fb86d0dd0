import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct HookTests {
    static let kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]

    /// A bundle whose hooks write what they see to one log, reachable from inside too.
    func logged(_ kinds: [String] = HookTests.kinds) throws -> Bundle {
        let bundle = try waiting()
        try Files.makeDirectory(bundle.path + "/log")
        bundle.mount("/log", "bind", "log", ["bind"])
        bundle.set("/annotations", ["org.example.key": "value"])
        for kind in kinds { bundle.append("/hooks/\(kind)", hook(bundle, kind, kind)) }
        return bundle
    }

    func hook(_ bundle: Bundle, _ kind: String, _ tag: String, _ more: [String] = []) -> Value {
        let isInside = kind == "startContainer"
        let log = isInside ? "/log/hooks" : bundle.path + "/log/hooks"
        return [
            "path": .string(isInside ? "/bin/probe" : ProbeBinary.path), "args": Value(["hook-\(kind)", "hook", log, tag] + more),
        ]
    }

    func log(_ bundle: Bundle) throws -> [Value] {
        try Files.text(bundle.path + "/log/hooks").split(separator: "\n").map { try parse(Array($0.utf8)) }
    }

    /// Tags in the order the hooks ran; a line that is no JSON as it is.
    func tags(_ bundle: Bundle) -> [String] {
        Files.text(bundle.path + "/log/hooks").split(separator: "\n").map { (try? parse(Array($0.utf8)))?["hook"]?.string ?? String($0) }
    }

    func state(_ entry: Value) throws -> Value { try parse(Array((entry["state"]?.string ?? "").utf8)) }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 runs poststart before startContainer"))
    func `hooks run in their order, each in its time`() throws {
        let bundle = try logged()
        let container = try Container(bundle).created()
        #expect(tags(bundle) == ["prestart", "createRuntime", "createContainer"])
        try container.start()
        #expect(tags(bundle) == ["prestart", "createRuntime", "createContainer", "startContainer", "poststart"])
        try container.kill("KILL")
        _ = try container.end()
        #expect(tags(bundle).count == 5)
        try container.delete()
        #expect(tags(bundle) == Self.kinds)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 runs poststart before startContainer"))
    func `hooks of a kind run as listed`() throws {
        let bundle = try logged([])
        for kind in Self.kinds { for number in 1...3 { bundle.append("/hooks/\(kind)", hook(bundle, kind, "\(kind)\(number)")) } }
        let container = try Container(bundle).created()
        try container.start()
        try container.delete("--force")
        #expect(tags(bundle) == Self.kinds.flatMap { kind in (1...3).map { "\(kind)\($0)" } })
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 runs poststart before startContainer"))
    func `each hook gets the state of its moment`() throws {
        let bundle = try logged()
        let container = try Container(bundle).created()
        let pid = try container.pid
        try container.start()
        try container.delete("--force")
        let entries = try log(bundle)
        let statuses = try entries.map { try state($0)["status"]?.string }
        #expect(statuses == ["creating", "creating", "creating", "created", "running", "stopped"])
        let pids = try entries.map { try state($0)["pid"]?.integer }
        #expect(pids[0] == pid && pids[1] == pid, "seen from the runtime")
        #expect(pids[2] == 1 && pids[3] == 1, "seen from the container")
        #expect(pids[4] == pid)
        for entry in entries {
            let state = try state(entry)
            #expect(state["id"]?.string == container.id)
            #expect(state["bundle"]?.string == bundle.path)
            #expect(state["annotations"] == ["org.example.key": "value"])
            #expect(state["ociVersion"]?.string?.hasPrefix("1.") == true)
        }
    }

    @Test func `each hook runs in its namespaces`() throws {
        let bundle = try logged()
        let container = try Container(bundle).created()
        let inside = Files.target(ofLink: "/proc/\(try container.pid)/ns/mnt")
        let host = Files.target(ofLink: "/proc/self/ns/uts")
        try container.start()
        try container.delete("--force")
        for entry in try log(bundle) {
            let kind = try #require(entry["hook"]?.string)
            let isInside = ["createContainer", "startContainer"].contains(kind)
            #expect((entry.at("/namespaces/mnt")?.string == inside) == isInside, "\(kind)")
            #expect((entry.at("/namespaces/uts")?.string == host) == !isInside, "\(kind)")
            // Before the pivot a hook still sees the host's files.
            #expect(entry["hasProbe"]?.description == Value.bool(kind == "startContainer").description, "\(kind)")
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaks into createContainer"))
    func `a hook has stdio and nothing else open`() throws {
        let bundle = try logged()
        let container = try Container(bundle).created()
        try container.start()
        try container.delete("--force")
        for entry in try log(bundle) {
            let open = (entry["fds"]?.array ?? []).compactMap { $0["fd"]?.integer }
            #expect(open.allSatisfy { $0 < 3 }, "\(entry["hook"]?.string ?? "")")
        }
    }

    @Test func `a hook has the environment it is given and no other`() throws {
        let bundle = try logged([])
        for kind in Self.kinds {
            var one = hook(bundle, kind, kind)
            one.set("/env", ["ONLY=this", "EMPTY="])
            bundle.append("/hooks/\(kind)", one)
        }
        let container = try Container(bundle).created()
        try container.start()
        try container.delete("--force")
        for entry in try log(bundle) { #expect(entry["env"]?.strings == ["ONLY=this", "EMPTY="], "\(entry["hook"]?.string ?? "")") }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 gives createContainer the program's"))
    func `without env a hook of the runtime has the runtime's, one in the container at start the program's`() throws {
        let bundle = try logged()
        bundle.append("/process/env", "INSIDE=yes")
        let container = try Container(bundle).created()
        try container.start()
        try container.delete("--force")
        for entry in try log(bundle) {
            let environment = Set(entry["env"]?.strings ?? [])
            switch entry["hook"]?.string {
            case "prestart", "createRuntime", "poststart", "poststop": #expect(environment.contains(bundle.scratch.mark))
            case "startContainer": #expect(environment.contains("INSIDE=yes"))
            default: #expect(!environment.contains(bundle.scratch.mark) && !environment.contains("INSIDE=yes"))
            }
        }
    }

    @Test func `args are the whole argv and default to the path`() throws {
        let bundle = try waiting()
        let script = bundle.path + "/hook"
        try Files.write(script, "#!/bin/sh\ncat /proc/$$/cmdline > \(bundle.path)/seen\n", mode: 0o755)
        bundle.set("/hooks/createRuntime", [["path": .string(script)]])
        _ = try Container(bundle).created()
        #expect(Files.text(bundle.path + "/seen") == "/bin/sh\0\(script)\0")
    }

    @Test(arguments: ["prestart", "createRuntime", "createContainer"])
    func `a failing hook undoes create`(kind: String) throws {
        let bundle = try logged([])
        bundle.append("/hooks/\(kind)", hook(bundle, kind, "fails", ["--", "exit", "3"]))
        bundle.append("/hooks/\(kind)", hook(bundle, kind, "never"))
        bundle.append("/hooks/startContainer", hook(bundle, "startContainer", "never"))
        bundle.append("/hooks/poststop", hook(bundle, "poststop", "poststop"))
        let container = try Container(bundle)
        let outcome = try container.create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("hook"))
        #expect(outcome.errors.contains("3"), "the status is told")
        #expect(tags(bundle) == ["fails", "poststop"])
        #expect(bundle.scratch.leftovers() == [])
        #expect(!Files.exists(container.pidFile))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's start does not see it"))
    func `a failing startContainer hook fails start`() throws {
        let bundle = try logged([])
        bundle.append("/hooks/startContainer", hook(bundle, "startContainer", "fails", ["--", "exit", "3"]))
        bundle.append("/hooks/startContainer", hook(bundle, "startContainer", "never"))
        bundle.append("/hooks/poststart", hook(bundle, "poststart", "never"))
        let container = try Container(bundle).created()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("startContainer"))
        _ = try container.end()
        #expect(try container.output?.rest() == [], "the program did not run")
        #expect(tags(bundle) == ["fails"])
        #expect(try container.status() == "stopped")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 only warns"))
    func `a failing poststart hook kills the container and fails start`() throws {
        let bundle = try logged([])
        bundle.append("/hooks/poststart", hook(bundle, "poststart", "fails", ["--", "exit", "3"]))
        bundle.append("/hooks/poststart", hook(bundle, "poststart", "never"))
        let container = try Container(bundle).created()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("poststart"))
        #expect(try container.end() == .killed(signal: 9))
        #expect(tags(bundle) == ["fails"])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's delete fails"))
    func `a failing poststop hook is a warning and the next one runs`() throws {
        let bundle = try logged([])
        bundle.append("/hooks/poststop", hook(bundle, "poststop", "fails", ["--", "exit", "3"]))
        bundle.append("/hooks/poststop", hook(bundle, "poststop", "second"))
        let container = try Container(bundle).created()
        #expect(try container.delete().status == 0)
        #expect(tags(bundle) == ["fails", "second"])
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test(arguments: ["prestart", "createRuntime", "createContainer"])
    func `a hook that takes too long is killed and fails`(kind: String) throws {
        let bundle = try logged([])
        var one = hook(bundle, kind, "hangs", ["--", "hang"])
        one.set("/timeout", 1)
        bundle.append("/hooks/\(kind)", one)
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(tags(bundle) == ["hangs"])
        #expect(bundle.scratch.leftovers() == [], "the hook too is gone")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's start does not see it"))
    func `a startContainer hook that takes too long fails start`() throws {
        let bundle = try logged([])
        var one = hook(bundle, "startContainer", "hangs", ["--", "hang"])
        one.set("/timeout", 1)
        bundle.append("/hooks/startContainer", one)
        let container = try Container(bundle).created()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        _ = try container.end()
    }

    @Test func `a hook that ends in time is not touched by its timeout`() throws {
        let bundle = try logged([])
        var one = hook(bundle, "createRuntime", "quick")
        one.set("/timeout", 10)
        bundle.append("/hooks/createRuntime", one)
        _ = try Container(bundle).created()
        #expect(tags(bundle) == ["quick"])
    }

    @Test(arguments: [("/path", "relative/path"), ("/timeout", 0), ("/timeout", -1)] as [(String, Value)])
    func `a faulty hook is refused before anything is made`(pointer: String, value: Value) throws {
        let bundle = try logged([])
        var one = hook(bundle, "poststop", "never")
        one.set(pointer, value)
        bundle.append("/hooks/poststop", one)
        let outcome = try Container(bundle).create()
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/hooks/poststop/0"))
    }

    @Test func `a hook that fails says why, however much it has printed before`() throws {
        let bundle = try Bundle()
        let script = "i=0; line=$(printf %4000s x); while [ $i -lt 400 ]; do echo \"$line\"; i=$((i + 1)); done; echo the reason; exit 3"
        bundle.set("/hooks/createRuntime", [["path": "/bin/sh", "args": ["sh", "-c", .string(script)]]])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1 && outcome.errors.contains("the reason") && outcome.errors.contains("exit status 3"), "\(outcome)")
    }

    @Test func `a hook that does not exist is an error that names it`() throws {
        let bundle = try logged([])
        bundle.append("/hooks/createRuntime", ["path": "/no/such/hook"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/no/such/hook"))
    }

    @Test(arguments: [true, false]) func `a hook at start runs where the program's filter knows no clone3`(noNewPrivileges: Bool) throws {
        // docker's profile answers ENOSYS to clone3, for libc to fall back; what a hook's own process may do is its profile's affair.
        let bundle = try logged(["startContainer"])
        bundle.set("/process/noNewPrivileges", .bool(noNewPrivileges))
        bundle.set(
            "/linux/seccomp",
            [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [["names": ["clone3", "pidfd_open", "openat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38]],
            ])
        bundle.probe("out", "ran")
        let container = try Container(bundle).created()
        let outcome = try container.start()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try container.outcome().output == "ran\n")
        #expect(tags(bundle) == ["startContainer"])
    }

    @Test func `a hook that does not read its stdin is no failure`() throws {
        let bundle = try waiting()
        bundle.set("/annotations", ["big": .string(String(repeating: "x", count: 200_000))])
        bundle.set("/hooks/createRuntime", [["path": "/bin/true"]])
        bundle.set("/hooks/createContainer", [["path": "/bin/true"]])
        _ = try Container(bundle).created()
    }

    @Test func `hooks of the host may change the container's namespaces`() throws {
        // What network plugins do: the state's pid leads to the namespaces.
        let bundle = try Bundle()
        bundle.probe("report")
        let script = bundle.path + "/hook"
        try Files.write(script, "#!/bin/sh\npid=$(grep -o '\"pid\":[0-9 ]*' | grep -o '[0-9]*')\nnsenter -t $pid -u hostname changed\n", mode: 0o755)
        bundle.set("/hooks/createRuntime", [["path": .string(script)]])
        bundle.remove("/hostname")
        #expect(try bundle.run().report()["hostname"]?.string == "changed")
    }
}

extension Value {
    var description: String { text(.compact) }
}
