import Plan
import Spec
import Testing

@Suite struct FieldTests {
    private static let bad = "a\u{0}b"

    private static func hook(_ change: (inout Hook) -> Void) -> Hook {
        var result = Hook()
        result.path = "/h"
        result.arguments = ["/h"]
        change(&result)
        return result
    }

    /// Every text of config.json that a plan carries.
    static let fields: [(String, @Sendable (inout Trial) -> Void)] = [
        ("/process/args/0", { $0.process.arguments = ["/" + bad] }),
        ("/process/args/1", { $0.process.arguments = ["/x", bad] }),
        ("/process/env", { $0.process.environment = ["A=" + bad] }),
        ("/process/cwd", { $0.process.workingDirectory = "/" + bad }),
        (
            "/process/apparmorProfile",
            {
                $0.process.apparmorProfile = bad; $0.facts.hasAppArmor = true
            }
        ),
        (
            "/process/selinuxLabel",
            {
                $0.process.selinuxLabel = bad; $0.facts.hasSELinux = true
            }
        ),
        (
            "/hostname",
            {
                $0.namespace(.uts); $0.config.hostname = bad
            }
        ),
        (
            "/domainname",
            {
                $0.namespace(.uts); $0.config.domainname = bad
            }
        ),
        ("/root/path", { $0.facts.rootfs = "/" + bad }),
        ("/mounts/0/source", { $0.bind("/" + bad, "/a") }),
        ("/mounts/0/source", { $0.mount("/a", "tmpfs", source: bad) }),
        ("/mounts/0/destination", { $0.mount("/" + bad, "tmpfs") }),
        ("/mounts/0/type", { $0.mount("/a", bad, source: "x") }),
        ("/mounts/0/options", { $0.mount("/a", "tmpfs", [bad]) }),
        ("/linux/maskedPaths/1", { $0.config.linux.maskedPaths = ["/a", "/" + bad] }),
        ("/linux/readonlyPaths/0", { $0.config.linux.readonlyPaths = ["/" + bad] }),
        (
            "/linux/sysctl/net.x",
            {
                $0.namespace(.network); $0.config.linux.sysctl = [Annotation("net.x", bad)]
            }
        ),
        ("/linux/devices/0/path", { $0.config.linux.devices = [Device(.fifo, path: "/dev/" + bad)] }),
        (
            "/linux/devices/1/path",
            {
                $0.mapUsers(); $0.config.linux.devices = [Device(.fifo, path: "/dev/x"), Device(.block, path: "/dev/" + bad)]
            }
        ),
        ("/hooks/createContainer/0/path", { $0.config.hooks.createContainer = [hook { $0.path = "/" + bad }] }),
        ("/hooks/createContainer/0/args/1", { $0.config.hooks.createContainer = [hook { $0.arguments = ["x", bad] }] }),
        ("/hooks/startContainer/0/env/0", { $0.config.hooks.startContainer = [hook { $0.environment = ["A=" + bad] }] }),
        ("/id", { $0.request.keyringName = bad }),
    ]

    @Test(arguments: fields.indices) func `a NUL is refused by the field that holds it`(index: Int) {
        let (field, change) = Self.fields[index]
        #expect(throws: PlanError(field, "contains a NUL byte")) { try Trial { change(&$0) }.plan() }
    }

    @Test func `the error is a line that names the document`() {
        #expect("\(PlanError("/a/0", "is wrong"))" == "config.json: /a/0: is wrong")
    }

    @Test func `what is not done is said, not skipped`() {
        let faults: [(String, String, (inout Trial) -> Void)] = [
            ("/linux/intelRdt", "is not supported", { $0.config.linux.hasIntelRdt = true }),
            ("/linux/netDevices", "is not supported", { $0.config.linux.hasNetDevices = true }),
            (
                "/linux/timeOffsets", "needs a new time namespace",
                { $0.config.linux.timeOffsets = [TimeOffset(.boottime, seconds: 1, nanoseconds: 0)] }
            ),
            ("--preserve-fds", "is too large: 1048577", { $0.request.preservedDescriptors = 1 << 20 + 1 }),
        ]
        for (field, problem, change) in faults {
            #expect(throws: PlanError(field, problem)) { try Trial { change(&$0) }.plan() }
        }
        #expect(throws: PlanError("/linux/timeOffsets", "needs a new time namespace")) {
            try Trial {
                $0.namespace(.time, "/t")
                $0.config.linux.timeOffsets = [TimeOffset(.boottime, seconds: 1, nanoseconds: 0)]
            }.plan()
        }
    }
}
