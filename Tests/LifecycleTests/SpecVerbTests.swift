import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct SpecVerbTests {
    @Test func `spec writes a bundle that runs`() throws {
        let bundle = try Bundle()
        #expect(try swiftrun("spec", "--bundle", bundle.path).status == 0)
        var config = try parse(try #require(Files.read(bundle.path + "/config.json")))
        #expect(config.at("/process/args")?.strings == ["sh"])
        #expect(config.at("/process/terminal") == true)
        #expect(config.at("/root/path")?.string == "rootfs")
        config.set("/process/terminal", false)
        config.set("/process/args", ["/bin/probe", "report", "--", "exit", "9"])
        config.set("/linux/cgroupsPath", .string("/" + bundle.scratch.unique("cgroup")))
        bundle.config = config
        let outcome = try bundle.run()
        #expect(outcome.status == 9, "\(outcome)")
        let report = try outcome.report()
        #expect(report.capabilities("effective") == 1 << 29 | 1 << 5 | 1 << 10)
        #expect(report["noNewPrivs"]?.integer == 1)
        #expect(report.mount(at: "/")?.options.contains("ro") == true)
    }

    @Test func `a bundle that runc wrote runs`() throws {
        guard Files.exists("/usr/sbin/runc") else { return }
        let bundle = try Bundle()
        #expect(try execute(["/usr/sbin/runc", "spec", "--bundle", bundle.path]).status == 0)
        var config = try parse(try #require(Files.read(bundle.path + "/config.json")))
        config.set("/process/terminal", false)
        config.set("/process/args", ["/bin/probe", "exit", "9"])
        config.set("/linux/cgroupsPath", .string("/" + bundle.scratch.unique("cgroup")))
        bundle.config = config
        #expect(try bundle.run().status == 9)
    }

    @Test func `an existing config json stays`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let before = Files.text(bundle.path + "/config.json")
        let outcome = try swiftrun("spec", "-b", bundle.path)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("File config.json exists. Remove it first"))
        #expect(Files.text(bundle.path + "/config.json") == before)
    }

    @Test func `the working directory is the bundle unless named`() throws {
        let bundle = try Bundle()
        #expect(try swiftrun("spec", directory: bundle.path).status == 0)
        #expect(Files.exists(bundle.path + "/config.json"))
    }

    @Test func `rootless has a user namespace and no network namespace`() throws {
        let bundle = try Bundle()
        #expect(try swiftrun("spec", "--rootless", "--bundle", bundle.path).status == 0)
        let config = try parse(try #require(Files.read(bundle.path + "/config.json")))
        let types = (config.at("/linux/namespaces")?.array ?? []).compactMap { $0["type"]?.string }
        #expect(types.contains("user") && !types.contains("network"))
        #expect(config.at("/linux/uidMappings/0/size")?.integer == 1)
        #expect(config.at("/linux/gidMappings/0/containerID")?.integer == 0)
        #expect(config.at("/linux/resources") == nil)
        let sys = config.at("/mounts")?.array?.first { $0["destination"]?.string == "/sys" }
        #expect(sys?["type"]?.string == "none")
        #expect(sys?["options"]?.strings.contains("rbind") == true)
    }
}
