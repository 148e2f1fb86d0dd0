import Testing

@testable import Commands

@Suite struct PreambleTests {
    @Test func `global options end at the verb`() {
        let preamble = Preamble(["--root", "/r", "--log=/l", "--log-format", "json", "--debug", "--systemd-cgroup", "list", "--log", "x"])
        #expect(preamble.log == "/l")
        #expect(preamble.logFormat == "json")
        #expect(preamble.isDebug)
        #expect(preamble.root == "/r")
        #expect(preamble.isSystemdCgroup)
        #expect(preamble.rest == ["list", "--log", "x"])
        #expect(!preamble.isVersionWanted)
    }

    @Test(arguments: [
        ["--version"], ["-v"], ["--debug", "--version"], ["--root", "/r", "-v", "create"], ["--rootless=true", "--version"],
    ])
    func `the version is asked for before the verb`(arguments: [String]) {
        #expect(Preamble(arguments).isVersionWanted)
    }

    @Test(arguments: [["list", "--version"], ["--root", "--version"], ["--log", "-v", "list"], ["--what", "--version"], []])
    func `the version is not asked for behind the verb, by a value, or behind what is unknown`(arguments: [String]) {
        #expect(!Preamble(arguments).isVersionWanted)
    }

    @Test func `an option's value is no verb`() {
        #expect(Preamble(["--root", "create", "state", "c"]).rest == ["state", "c"])
        #expect(Preamble(["--rootless", "true", "list"]).rest == ["list"])
        #expect(Preamble(["--rootless", "true", "list"]).rootless == "true")
    }

    @Test func `a log before something unknown is found`() {
        let preamble = Preamble(["--log", "/l", "--what", "list"])
        #expect(preamble.log == "/l")
        #expect(preamble.rest.isEmpty)
    }

    @Test func `so is one behind it`() {
        let preamble = Preamble(["--what", "--log=/l", "--log-format", "json", "create", "--log", "/m"])
        #expect(preamble.log == "/l" && preamble.logFormat == "json")
        #expect(preamble.rest.isEmpty && preamble.root == nil)
        #expect(Preamble(["--what", "/value", "--root", "/r", "--log", "/l", "list"]).log == "/l")
        #expect(Preamble(["--what", "--log"]).log == nil)
    }

    @Test func `the last log counts`() {
        #expect(Preamble(["--log", "a", "--log", "b", "list"]).log == "b")
    }

    @Test func `flags may be given a value as Go's are`() {
        let preamble = Preamble(["--debug=false", "--systemd-cgroup=true", "delete", "--force=true", "c"])
        #expect(!preamble.isDebug)
        #expect(preamble.isSystemdCgroup)
        #expect(preamble.rest == ["delete", "--force", "c"])
        #expect(Preamble(["--debug=perhaps", "list"]).rest.isEmpty)
        #expect(Preamble(["delete", "--force=F", "c"]).rest == ["delete", "c"])
        #expect(Preamble(["delete", "--force=perhaps", "c"]).rest == ["delete", "--force=perhaps", "c"])
        #expect(Preamble(["delete", "--", "--force=true"]).rest == ["delete", "--", "--force=true"])
    }

    @Test(arguments: [
        ("1", true), ("t", true), ("T", true), ("TRUE", true), ("true", true), ("True", true),
        ("0", false), ("f", false), ("F", false), ("FALSE", false), ("false", false), ("False", false),
    ])
    func `a Bool is spelled as Go spells it`(text: String, value: Bool) {
        #expect(goBool(text) == value)
    }

    @Test(arguments: ["", "yes", "tRUE", "2"])
    func `anything else is no Bool`(text: String) {
        #expect(goBool(text) == nil)
    }
}
