import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct SysctlTests {
    @Test(arguments: [
        ("kernel.msgmax", "/proc/sys/kernel/msgmax", "9999"), ("kernel.shm_rmid_forced", "/proc/sys/kernel/shm_rmid_forced", "1"),
        ("fs.mqueue.msg_max", "/proc/sys/fs/mqueue/msg_max", "77"), ("net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward", "1"),
        ("net/ipv4/conf/lo/forwarding", "/proc/sys/net/ipv4/conf/lo/forwarding", "1"),
    ])
    func `a namespaced setting is made in the container alone`(name: String, path: String, value: String) throws {
        let before = Files.text(path)
        let bundle = try Bundle()
        bundle.set("/linux/sysctl", .object([Value.Member(name, .string(value))]))
        bundle.probe("cat", path)
        let outcome = try bundle.run()
        #expect(try outcome.answer("cat")["content"]?.string == value + "\n", "\(outcome)")
        #expect(Files.text(path) == before)
    }

    @Test(arguments: ["vm.swappiness", "kernel.panic", "kernel.core_pattern", "fs.file-max", "kernel.hostname", "net.ipv4.../../vm/swappiness"])
    func `a setting of the whole machine is refused`(name: String) throws {
        let bundle = try Bundle()
        bundle.set("/linux/sysctl", .object([Value.Member(name, "1")]))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains("sysctl")) }
    }

    @Test(arguments: [("kernel.msgmax", "ipc"), ("fs.mqueue.msg_max", "ipc"), ("net.ipv4.ip_forward", "network")])
    func `a setting needs its namespace`(name: String, type: String) throws {
        let bundle = try Bundle()
        bundle.namespace(type, nil)
        if type == "ipc" { bundle.unmount("/dev/mqueue") }
        bundle.set("/linux/sysctl", .object([Value.Member(name, "1")]))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(name))
    }

    @Test func `a setting that does not exist is an error that names it`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/sysctl", ["net.no.such.setting": "1"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no/such/setting") || outcome.errors.contains("net.no.such.setting"))
    }

    @Test func `a value that the kernel refuses is an error`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/sysctl", ["kernel.msgmax": "many"])
        #expect(try Container(bundle).create().status == 1)
    }
}
