import JSON
import TestKit
import Testing

@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Files.exists("/usr/bin/setpriv"), "needs root, to become somebody else, and setpriv"),
    .timeLimit(.minutes(2)))
struct RootlessTests {
    static let user: UInt32 = 65533

    /// A bundle as `spec --rootless` makes it, with everything owned by an ordinary user.
    func bundle() throws -> Bundle {
        let bundle = try Bundle()
        bundle.namespace("network", nil)
        bundle.namespace("user", "")
        for kind in ["uid", "gid"] { bundle.set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": Value(Self.user), "size": 1]]) }
        bundle.remove("/linux/resources")
        bundle.remove("/linux/cgroupsPath")
        bundle.unmount("/sys/fs/cgroup")
        bundle.unmount("/sys")
        bundle.mount("/sys", "none", "/sys", ["rbind", "nosuid", "noexec", "nodev", "ro"])
        bundle.unmount("/dev/pts")
        bundle.mount("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"])
        for path in [bundle.scratch.root, bundle.path, bundle.rootfs] { try own(path) }
        for name in Files.entries(bundle.rootfs) { try own(bundle.rootfs + "/" + name) }
        return bundle
    }

    func own(_ path: String) throws { try Files.changeOwner(path, uid: Self.user, gid: Self.user) }

    func swiftrun(_ words: [String], _ scratch: Scratch, environment: [String] = []) throws -> Outcome {
        let user = String(Self.user)
        let command = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", UnderTest.binary] + words
        return try execute(UnderTest.view.command(command), environment: scratch.environment + environment, directory: scratch.directory)
    }

    func run(_ bundle: Bundle, _ options: [String] = []) throws -> Outcome {
        try bundle.save()
        return try swiftrun(["--root", bundle.scratch.root, "run"] + options + ["--bundle", bundle.path, "x"], bundle.scratch)
    }

    @Test func `an ordinary user is root of the container`() throws {
        let bundle = try bundle()
        bundle.probe("report", "--", "exit", "8")
        let outcome = try run(bundle)
        #expect(outcome.status == 8, "\(outcome)")
        let report = try outcome.report()
        #expect(report.integers("uid") == [0, 0, 0, 0])
        #expect(report.strings("uidMap").map { line in line.split(separator: " ").map(String.init) } == [["0", "65533", "1"]])
        #expect(report["setgroups"]?.string == "deny")
        #expect(report["pid"]?.integer == 1)
        #expect(report["hostname"]?.string == "runc")
        #expect(report.mount(at: "/proc")?.type == "proc")
        #expect(report.mount(at: "/sys")?.options.contains("ro") == true)
    }

    @Test func `the devices are the host's`() throws {
        let bundle = try bundle()
        bundle.probe("stat", "/dev/null", "/dev/urandom", "--", "write", "/dev/null", "x")
        let outcome = try run(bundle)
        #expect(try outcome.answer("stat", "/dev/null")["minor"]?.integer == 3)
        #expect(try outcome.answer("write")["result"]?.integer == 1)
    }

    @Test func `the verbs work for the user`() throws {
        let bundle = try bundle()
        bundle.probe("wait")
        try bundle.save()
        let scratch = bundle.scratch
        let root = ["--root", scratch.root]
        let create = try execute(
            UnderTest.view.command(
                ["setpriv", "--reuid", "65533", "--regid", "65533", "--clear-groups", UnderTest.binary] + root
                    + ["create", "--bundle", bundle.path, "x"]), environment: scratch.environment, output: .null)
        #expect(create.status == 0)
        #expect(try swiftrun(root + ["state", "x"], scratch).json()["status"]?.string == "created")
        #expect(try swiftrun(root + ["start", "x"], scratch).status == 0)
        #expect(try swiftrun(root + ["state", "x"], scratch).json()["status"]?.string == "running")
        #expect(try swiftrun(root + ["delete", "--force", "x"], scratch).status == 0)
        #expect(Files.entries(scratch.root) == [])
    }

    @Test func `without a root the state is in XDG_RUNTIME_DIR`() throws {
        let bundle = try bundle()
        bundle.probe("exit", "0")
        try bundle.save()
        let scratch = bundle.scratch
        let directory = scratch.directory + "/xdg"
        try Files.makeDirectory(directory, mode: 0o700)
        try own(directory)
        let environment = ["XDG_RUNTIME_DIR=\(directory)"]
        #expect(try swiftrun(["run", "--keep", "--bundle", bundle.path, "x"], scratch, environment: environment).status == 0)
        let roots = Files.entries(directory)
        #expect(roots.count == 1)
        #expect(Files.entries(directory + "/" + (roots.first ?? "")) == ["x"])
        #expect(try swiftrun(["list", "-q"], scratch, environment: environment).output == "x\n")
        #expect(try swiftrun(["delete", "x"], scratch, environment: environment).status == 0)
    }

    @Test func `a limit that cannot be set is an error`() throws {
        let bundle = try bundle()
        bundle.probe("exit", "0")
        bundle.set("/linux/resources/pids/limit", 10)
        bundle.set("/linux/cgroupsPath", "/swiftrun-test-rootless")
        let outcome = try run(bundle)
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cgroup") || outcome.errors.contains("pids"))
    }

    @Test func `more ids than the user has are an error`() throws {
        let bundle = try bundle()
        bundle.set("/linux/uidMappings/0/size", 65536)
        let outcome = try run(bundle)
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `additional groups are an error`() throws {
        let bundle = try bundle()
        bundle.set("/process/user/additionalGids", [0])
        let outcome = try run(bundle)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("additional") || outcome.errors.contains("setgroups"))
    }

    @Test func `without a user namespace an ordinary user is told`() throws {
        let bundle = try bundle()
        bundle.namespace("user", nil)
        bundle.remove("/linux/uidMappings")
        bundle.remove("/linux/gidMappings")
        let outcome = try run(bundle)
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
    }
}
