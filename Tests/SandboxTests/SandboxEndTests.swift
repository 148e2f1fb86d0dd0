import Glibc
import JSON
import TestKit
import Testing

/// Guests that end by themselves, and one that does not.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxEndTests {
    @Test func `a kernel that panics at boot is told with its words`() throws {
        let bundle = try sandboxed("wait")
        bundle.set("/vm/kernel/parameters", ["rdinit=/nothing", "root=/nothing"])
        let outcome = try bundle.run(deadline: .boot)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the virtual machine ended"))
        #expect(outcome.errors.contains("Kernel panic - not syncing"))
    }

    @Test func `a kernel that panics later is told with its words, and ends everybody`() throws {
        let bundle = try sandboxed("wait")
        bundle.remove("/linux/readonlyPaths")
        let container = try Container(bundle).running(.boot)
        let exec = try container.exec(probe: "write", "/proc/sysrq-trigger", "c")
        #expect(exec.status == 255)
        #expect(exec.errors.contains("Kernel panic - not syncing: sysrq triggered crash"))
        #expect(try container.end() == .exited(255))
        #expect(try container.start().errors.contains("Kernel panic - not syncing: sysrq triggered crash"))
    }

    /// A helper of the guest's kernel, which is outside of all containers, overwrites the agent's program, with what is no instruction: zeros
    /// are one, and take a translated processor many seconds to run through.
    @Test func `an agent that ends is told, and ends everybody`() throws {
        let bundle = try sandboxed("wait")
        bundle.remove("/linux/readonlyPaths")
        try Files.copy("/bin/busybox", to: bundle.rootfs + "/bin/busybox", mode: 0o755)
        let container = try Container(bundle).created(deadline: .boot)
        let share = "/run/swiftrun/share/\(container.id)/rootfs"
        try Files.write(
            bundle.rootfs + "/end",
            """
            #!\(share)/bin/busybox sh
            tool=\(share)/bin/busybox
            code=$($tool sed -n 's/ r-xp .*//p' /proc/1/maps | $tool head -n 1)
            first=$((0x${code%-*} / 4096))
            count=$((0x${code#*-} / 4096 - first))
            $tool tr '\\000' '\\377' < /dev/zero |
                $tool dd of=/proc/1/mem bs=4096 iflag=fullblock seek=$first count=$count conv=notrunc

            """, mode: 0o755)
        #expect(try container.start().status == 0)
        // With a limit the kernel lets a process end only after the helper: the agent hears of that when it has been overwritten.
        #expect(try container.exec(probe: "write", "/proc/sys/kernel/core_pipe_limit", "1").status == 0)
        #expect(try container.exec(probe: "write", "/proc/sys/kernel/core_pattern", "|\(share)/end").status == 0)
        _ = try container.exec(probe: "signal", "11")
        // Asleep it does not run what is not there any more.
        let deadline = Deadline.boot
        while try container.status() != "stopped" {
            guard !deadline.hasPassed else { throw Failure("waited for the agent's end") }
            _ = try swiftrun("ps", container.id)
        }
        #expect(try container.end() == .exited(255))
        let start = try container.start()
        #expect(start.errors.contains("Kernel panic - not syncing: Attempted to kill init!"), "\(start)")
    }

    @Test func `a guest that does not end in time is told of beside its process's end`() throws {
        let bundle = try sandboxed("cat", "/long")
        // More than a pipe holds, and less than is on its way without anybody who reads.
        try Files.write(bundle.rootfs + "/long", String(repeating: "x", count: 160 << 10))
        let container = try Container(bundle).created(deadline: .boot)
        #expect(try container.start().status == 0)
        let deadline = Deadline.boot
        // In the guest it ends; the process on the host waits for readers.
        while try swiftrun("ps", container.id).output.split(separator: "\n").count > 1 {
            guard !deadline.hasPassed else { throw Failure("waited for the process to end") }
        }
        let machine = try #require(processes(of: bundle, "qemu").first)
        #expect(kill(Int32(machine), SIGSTOP) == 0)
        #expect(try container.output?.rest().count ?? 0 > 160 << 10)
        #expect(try container.end() == .exited(0))
        let start = try container.start()
        #expect(start.errors.contains("cannot start a container that has stopped: waited 10.0 seconds for the guest to end"), "\(start)")
        #expect(try container.delete().status == 0)
    }
}
