import Cgroups
import Spec
import Testing

/// runtime-spec config-linux.md, "Cgroup ownership".
@Suite struct DelegationTests {
    private func config(_ change: (inout Config) -> Void = { _ in }) -> Config {
        var config = Config()
        var mount = Mount()
        mount.source = "cgroup"
        mount.destination = "/sys/fs/cgroup/"
        mount.type = "cgroup"
        config.mounts = [mount]
        config.linux.namespaces = [Namespace(.cgroup), Namespace(.user)]
        config.linux.uidMappings = [
            IDMapping(containerID: 0, hostID: 100_000, size: 1000), IDMapping(containerID: 1000, hostID: 5, size: 1),
        ]
        config.process = Process()
        change(&config)
        return config
    }

    @Test(arguments: [(0, 100_000), (999, 100_999), (1000, 5), (1001, nil)] as [(UInt32, UInt32?)])
    func `the owner is the host's uid of the container's user`(uid: UInt32, owner: UInt32?) {
        #expect(delegatedOwner(config { $0.process?.user.uid = uid }) == owner)
    }

    @Test func `without a user namespace it is the uid itself`() {
        #expect(
            delegatedOwner(
                config {
                    $0.linux.namespaces = [Namespace(.cgroup)]; $0.process?.user.uid = 33
                }) == 33)
    }

    @Test func `nobody owns what the container cannot write or does not see`() {
        #expect(delegatedOwner(config { $0.mounts[0].options = ["nosuid", "ro"] }) == nil)
        #expect(delegatedOwner(config { $0.mounts = [] }) == nil)
        #expect(delegatedOwner(config { $0.linux.namespaces = [Namespace(.user)] }) == nil)
        #expect(delegatedOwner(config { $0.linux.namespaces[0].path = "/proc/1/ns/cgroup" }) == nil)
        #expect(delegatedOwner(config { $0.process = nil }) == nil)
    }
}
