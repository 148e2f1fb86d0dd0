import GuestPlan
import Machine
import Spec
import TestKit
import Testing

@Suite(.machineUnchanged) struct SettingsTests {
    private func settings(_ text: String) throws -> HostSettings {
        let path = try Scratch.required().directory + "/config.json"
        try Files.write(path, text)
        return try HostSettings(path: path)
    }

    private func refusal(_ text: String) throws -> String {
        do { _ = try settings(text) } catch let error as MachineError { return "\(error)" }
        return ""
    }

    @Test func `no file is the usual settings`() throws {
        #expect(try HostSettings(path: Scratch.required().directory + "/none") == HostSettings())
    }

    @Test func `each setting is read`() throws {
        let settings = try settings(
            """
            {"accelerator": "tcg", "hypervisor": "/q", "kernel": "/k", "guestDirectory": "/g", "fileServer": "/v",
             "user": {"uid": 7, "gid": 8}, "memory": 256, "vcpus": 3, "overhead": 64, "bootTimeout": 5}
            """)
        var expected = HostSettings()
        expected.accelerator = .tcg
        expected.hypervisor = "/q"
        expected.kernel = "/k"
        expected.guestDirectory = "/g"
        expected.fileServer = "/v"
        expected.user = .init(uid: 7, gid: 8)
        expected.standardSize.memory = 256
        expected.standardSize.vcpus = 3
        expected.overhead = 64
        expected.bootTimeout = 5
        #expect(settings == expected)
    }

    @Test(arguments: [
        (#"{"kernal": "/k"}"#, "/kernal: there is no such setting"),
        (#"{"kernel": "k"}"#, #"/kernel: must be an absolute path, found "k""#),
        (#"{"accelerator": "hax"}"#, #"/accelerator: must be "#), (#"{"memory": 1}"#, "/memory: must be "),
        (#"{"user": {"uid": 0, "gid": 1}}"#, "/user/uid: must be "),
        (#"{"user": {"uid": 1}}"#, "/user/gid: is required"), ("{", "line 1, "),
    ])
    func `a fault is told with its place`(_ text: String, _ words: String) throws {
        let refusal = try refusal(text)
        #expect(refusal.contains("/config.json: \(words)"), "\(refusal)")
    }

    @Test func `TCG is taken when asked for, KVM never in its place`() throws {
        #expect(try Accelerator(.tcg).kind == .tcg)
        let isUsable = try Accelerator(.auto).kind == .kvm
        if isUsable {
            #expect(try Accelerator(.kvm).kind == .kvm)
        } else {
            #expect(try Accelerator(.auto).reason.hasPrefix("KVM cannot be used: "))
            #expect(throws: MachineError.self) { try Accelerator(.kvm) }
        }
    }
}
