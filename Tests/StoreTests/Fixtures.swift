import Kernel
import Spec
import Store
import TestKit

/// A root directory of the running test's own, not made yet.
func testStore() throws -> Store { Store(root: try Scratch.required().directory + "/containers/here") }

func record(_ id: String = "box", _ identity: ProcessIdentity = ProcessIdentity(pid: 1, startTime: 1)) throws -> Record {
    Record(
        id: try ContainerID(id), bundle: "/bundle", rootfs: "/bundle/rootfs", created: "2026-01-02T03:04:05.6Z", identity: identity,
        hasOwnPIDNamespace: true)
}

/// A record with a value in every place.
func fullRecord() throws -> Record {
    var hook = Hook()
    hook.path = "/bin/hook"
    hook.arguments = ["hook", "a \"quoted\" \\ word\n", "", "é\u{1F600}"]
    hook.environment = []
    hook.timeout = UInt32.max
    var other = Hook()
    other.path = "/bin/other"
    other.environment = ["A=b", "C"]
    var record = try record("box", ProcessIdentity(pid: Int32.max, startTime: UInt64.max))
    record.ociVersion = "1.0.2"
    record.cgroupPath = "/sys/fs/cgroup/system.slice/box"
    record.cgroupDriver = .systemd
    record.hasOwnPIDNamespace = false
    record.sandbox = "pod"
    record.isRootless = true
    // The same to Swift's ==, two keys to everybody else.
    record.annotations = [Annotation("caf\u{e9}", ""), Annotation("cafe\u{301}", "x\ty"), Annotation("", "{}")]
    record.poststart = [hook, other]
    record.poststop = [other]
    record.lateSteps = ["run startContainer hook /bin/x", "execute \"sh\""]
    record.lateStepBase = 41
    return record
}

/// A running process that ends with the value.
func sleeper() throws -> Program {
    try Program(Program.Request(["/bin/sleep", "1000"], environment: Scratch.required().environment))
}
