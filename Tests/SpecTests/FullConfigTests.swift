import Spec
import Testing

/// What full.json says, field by field.
@Suite struct FullConfigTests {
    let config: Config

    init() throws { config = try Config(bytes: Fixture.bytes("config/good/full.json")) }

    @Test func `the top level is read`() {
        #expect(config.ociVersion == "1.3.0")
        #expect(config.root.path == "/srv/rootfs")
        #expect(config.root.isReadonly)
        #expect(config.hostname == "box")
        #expect(config.domainname == "example.org")
        #expect(config.annotations == [Annotation("org.opencontainers.image.os", "linux"), Annotation("bare", "")])
    }

    @Test func `mounts are read`() throws {
        try #require(config.mounts.count == 2)
        #expect(config.mounts[0].destination == "/proc")
        #expect(config.mounts[0].type == "proc")
        #expect(config.mounts[0].source == "proc")
        #expect(config.mounts[0].options == [])
        #expect(config.mounts[1].destination == "data")
        #expect(config.mounts[1].options == ["rbind", "ridmap", "ro"])
        #expect(
            config.mounts[1].uidMappings
                == [IDMapping(containerID: 0, hostID: 1000, size: 1), IDMapping(containerID: 1, hostID: 100_000, size: 65535)])
        #expect(config.mounts[1].gidMappings == [IDMapping(containerID: 0, hostID: 1000, size: 1)])
    }

    @Test func `hooks are read, and arguments default to the path`() {
        #expect(config.hooks.prestart.map(\.arguments) == [["/bin/prestart"]])
        #expect(config.hooks.prestart.map(\.environment) == [nil])
        #expect(config.hooks.prestart.map(\.timeout) == [nil])
        #expect(config.hooks.createRuntime.map(\.path) == ["/bin/hook"])
        #expect(config.hooks.createRuntime.map(\.arguments) == [["hook", "net"]])
        #expect(config.hooks.createRuntime.map(\.environment) == [[]])
        #expect(config.hooks.createRuntime.map(\.timeout) == [10])
        #expect(config.hooks.createContainer.map(\.environment) == [["A=b"]])
        #expect(config.hooks.startContainer.map(\.arguments) == [["/bin/start"]])
        #expect(config.hooks.poststart.map(\.path) == ["/bin/poststart", "/bin/poststart2"])
        #expect(config.hooks.poststop.map(\.path) == ["/bin/poststop"])
    }

    @Test func `namespaces and id maps are read`() {
        #expect(
            config.linux.namespaces == [
                Namespace(.pid), Namespace(.network, path: "/run/netns/box"), Namespace(.mount), Namespace(.ipc),
                Namespace(.uts), Namespace(.user), Namespace(.cgroup), Namespace(.time),
            ])
        #expect(
            config.linux.uidMappings
                == [IDMapping(containerID: 0, hostID: 100_000, size: 65536), IDMapping(containerID: 65536, hostID: 1000, size: 1)])
        #expect(config.linux.gidMappings == [IDMapping(containerID: 0, hostID: 0, size: .max)])
        #expect(
            config.linux.timeOffsets == [
                TimeOffset(.monotonic, seconds: -172_800, nanoseconds: 999_999_999), TimeOffset(.boottime, seconds: 604_800, nanoseconds: 0),
            ])
    }

    @Test func `devices are read with permission bits only`() {
        var fuse = Device(.character, path: "/dev/fuse")
        (fuse.major, fuse.minor, fuse.mode, fuse.uid, fuse.gid) = (10, 229, 0o666, 1, 2)
        var disk = Device(.block, path: "/dev/sda")
        (disk.major, disk.minor, disk.mode) = (8, 0, 0o660)
        var tape = Device(.unbuffered, path: "/dev/tape")
        (tape.major, tape.minor) = (4095, 1_048_575)
        #expect(config.linux.devices == [fuse, disk, tape, Device(.fifo, path: "/run/fifo")])
        #expect(config.linux.devices.last?.mode == 0o666)
    }

    @Test func `the rest of linux is read`() {
        #expect(config.linux.cgroupsPath == "/box/one")
        #expect(config.linux.rootfsPropagation == .rslave)
        #expect(
            config.linux.sysctl == [
                Annotation("net.ipv4.ip_forward", "1"), Annotation("net/ipv4/conf/eth0.1/forwarding", "0"), Annotation("kernel.domainname", "a b"),
            ])
        #expect(config.linux.maskedPaths == ["/proc/kcore"])
        #expect(config.linux.readonlyPaths == ["/proc/sys", "/proc/bus"])
        #expect(config.linux.mountLabel == "system_u:object_r:svirt_sandbox_file_t:s0:c715,c811")
        #expect(config.linux.personality?.domain == .linux32)
        #expect(config.linux.personality?.flags == ["future"])
        #expect(config.linux.hasIntelRdt)
        #expect(config.linux.hasNetDevices)
        // MPOL_INTERLEAVE is 3, MPOL_F_STATIC_NODES 1<<15 and MPOL_F_NUMA_BALANCING 1<<13 (linux/mempolicy.h).
        #expect(config.linux.memoryPolicy?.mode == 3)
        #expect(config.linux.memoryPolicy?.flags == 0xA000)
        #expect(config.linux.memoryPolicy?.nodes == "0-1,3")
    }

    @Test func `seccomp is read`() throws {
        let seccomp = try #require(config.linux.seccomp)
        #expect(seccomp.defaultAction == .errno)
        #expect(seccomp.defaultErrnoRet == 38)
        #expect(seccomp.architectures == ["SCMP_ARCH_X86_64", "SCMP_ARCH_M68K"])
        #expect(seccomp.flags == [.log, .waitKillableRecv])
        #expect(seccomp.listenerPath == "/run/seccomp.sock")
        #expect(seccomp.listenerMetadata == "box")
        #expect(
            seccomp.rules == [
                .init(names: ["read", "no_such_call"], action: .allow, errnoRet: nil, arguments: []),
                .init(names: ["ptrace"], action: .trace, errnoRet: 65535, arguments: []),
                .init(
                    names: ["clone"], action: .allow, errnoRet: nil,
                    arguments: [
                        .init(index: 0, value: 2_114_060_288, valueTwo: .max, comparison: .maskedEqual),
                        .init(index: 5, value: 0, valueTwo: 0, comparison: .notEqual),
                    ]),
            ])
    }
}
