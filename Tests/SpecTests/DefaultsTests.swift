import JSON
import Spec
import Testing

@Suite struct DefaultsTests {
    @Test func `what a minimal config leaves out is at its default`() throws {
        var expected = Config()
        expected.ociVersion = "1.0.0-rc5+build.7"
        expected.root.path = "rootfs"
        #expect(try Config(bytes: Fixture.bytes("config/good/minimal.json")) == expected)
    }

    @Test func `null and empty are the same as absent`() throws {
        var expected = Config()
        expected.ociVersion = "1.0.2-dev"
        expected.root.path = "rootfs"
        expected.process = Process()
        expected.process?.arguments = ["sh"]
        expected.process?.workingDirectory = "/"
        expected.linux.resources.devices = [
            DeviceRule(isAllowed: true, kind: .all, major: nil, minor: nil, access: [.read, .write, .mknod])
        ]
        #expect(try Config(bytes: Fixture.bytes("config/good/nulls.json")) == expected)
    }

    @Test func `a process has umask 0022, no capabilities of its own and no terminal`() throws {
        let process = try Process(json: ["args": ["sh"], "cwd": "/"], at: "process.json")
        #expect(process.user.umask == 0o022)
        #expect(process.capabilities == nil)
        #expect(!process.hasTerminal)
        #expect(process.oomScoreAdj == nil)
    }

    @Test func `a console without a width or a height has no size`() throws {
        let process = try Process(
            json: ["args": ["sh"], "cwd": "/", "terminal": true, "consoleSize": ["height": 0, "width": 80]], at: "process.json")
        #expect(process.consoleSize == nil)
    }

    @Test(arguments: [("null", nil), ("[]", [])] as [(String, [Seccomp.Flag]?)])
    func `no seccomp flags and empty ones differ`(flags: String, expected: [Seccomp.Flag]?) throws {
        let text = #"{"ociVersion":"1.0.0","root":{"path":"r"},"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","flags":\#(flags)}}}"#
        let seccomp = try #require(try Config(bytes: Array(text.utf8)).linux.seccomp)
        #expect(seccomp.flags == expected)
    }

    @Test(arguments: ["1.0.0", "1.3.0", "1.0.2-dev", "1.0.0-rc5", "1.99.0", "1.2.3-alpha.1.0+001", "1.2.3----R-S.12.9.1--.12"])
    func `any semantic version of the first major is taken`(version: String) throws {
        #expect(try Config(json: ["ociVersion": .string(version), "root": ["path": "r"]]).ociVersion == version)
    }

    @Test(arguments: ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.x", "01.0.0", "1.0.0-01", "1.0.0-a..b", "1.0.0+", "1.0.0-é", " 1.0.0", "-1.0.0"])
    func `what is no semantic version is refused`(version: String) {
        let error = #expect(throws: SpecError.self) { try Config(json: ["ociVersion": .string(version), "root": ["path": "r"]]) }
        #expect(error?.description == #"config.json: /ociVersion: must be a version such as 1.3.0 (SemVer 2.0), found "\#(version)""#)
    }
}
