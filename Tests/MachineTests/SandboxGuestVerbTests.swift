import TestKit
import Testing

/// `swiftrun guest`, on a host that has a kernel in /boot: that of the tests, in a mount namespace.
@Suite(.machineUnchanged, .enabled(if: Booter.canBoot, "no guest kernel or QEMU here, or not root"), .timeLimit(.minutes(10)))
struct SandboxGuestVerbTests {
    private let version = Files.text(Booter.kernel + "/version").split(separator: "\n").first.map(String.init) ?? ""

    private func guest(_ words: String...) throws -> Outcome {
        let script = #"mount -t tmpfs boot /boot; ln -s "$0/vmlinuz" "/boot/vmlinuz-$1"; ln -s "$0/lib" /boot/lib; shift; exec "$@""#
        return try execute(
            ["unshare", "--mount", "sh", "-ec", script, Booter.kernel, version, UnderTest.binary, "guest"] + words,
            environment: Scratch.required().environment)
    }

    @Test func `info tells what a machine would be made with`() throws {
        let outcome = try guest("info")
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("kernel ") && $0.hasSuffix(" /boot/vmlinuz-\(version), the newest of /boot") }, "\(outcome)")
        #expect(lines.contains { $0.hasPrefix("modules ") && $0.contains(" virtio_pci.ko virtio_console.ko ") }, "\(outcome)")
        for subject in ["version", "initrd", "accelerator", "hypervisor", "file server", "user"] {
            #expect(lines.contains { $0.hasPrefix(subject + " ") }, "\(subject)")
        }
    }

    @Test func `info fails where something is missing, and says what`() throws {
        let outcome = try execute(
            ["unshare", "--mount", "sh", "-ec", #"mount -t tmpfs boot /boot; exec "$0" guest info"#, UnderTest.binary],
            environment: Scratch.required().environment)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("no kernel for a virtual machine: "))
    }

    @Test func `what build has made boots, and is made once`() throws {
        let directory = try Scratch.required().directory + "/guest"
        #expect(try guest("build", directory).status == 0)
        #expect(Files.entries(directory).sorted() == ["initrd", "lib", "vmlinuz"])
        let again = try guest("build", directory)
        #expect(again.status == 1)
        #expect(again.tells("EEXIST"), "\(again)")
        let booter = try Booter(guestDirectory: directory)
        _ = try booter.started()
        #expect(try booter.line(Booter.boot) == "booted")
        #expect(try booter.tell("end") == "ended")
    }

    @Test func `what is asked for must be whole`() throws {
        #expect(try guest("build").errors.contains("guest build: the directory to be made is missing"))
        #expect(try guest("console").errors.contains("guest console: the name of a container is missing"))
        #expect(try guest("info", "more").errors.contains("guest info takes no other argument"))
        #expect(try guest("console", "nobody").status == 1)
    }
}
