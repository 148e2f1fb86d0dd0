import JSON
import TestKit
import Testing

/// Limits of a loop device over a file in memory, so that nothing but the limit is slow.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct IOTests {
    /// A loop device of 16 MiB, detached again when it is left.
    static func withDisk(_ body: (GuestBundle, _ disk: [String: Value]) throws -> Void) throws {
        let bundle = try GuestBundle()
        let made = try bundle.outside(
            """
            modprobe loop
            dd if=/dev/zero of=$DIR/disk bs=1M count=16 2>/dev/null
            mkdir $DIR/lock
            until loop=$(losetup -f) && losetup $loop $DIR/disk 2>/dev/null; do :; done
            echo minor ${loop#/dev/loop}
            """)
        let minor = try #require(made.figures["minor"], "\(made)")
        defer { _ = try? bundle.scratch.run("losetup -d /dev/loop\(minor)") }
        bundle.append("/linux/devices", ["path": "/dev/disk", "type": "b", "major": 7, "minor": .number("\(minor)"), "fileMode": 384])
        bundle.append("/linux/resources/devices", ["allow": true, "type": "b", "major": 7, "minor": .number("\(minor)"), "access": "rw"])
        try body(bundle, ["major": 7, "minor": .number("\(minor)")])
    }

    static func throttle(_ disk: [String: Value], _ rate: Int) -> Value {
        [["major": disk["major"]!, "minor": disk["minor"]!, "rate": .number("\(rate)")]]
    }

    /// How long `command` takes, in hundredths of a second, as `passed`; what went to the device is in $CG/io.stat.
    static func timing(_ command: String) -> String {
        """
        begin=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
        \(command) || exit 1
        echo passed $(( $(cut -d ' ' -f 1 /proc/uptime | tr -d .) - begin ))
        grep -o -E '[rw](bytes|ios)=[0-9]+' $CG/io.stat | tr = ' '
        cat $CG/io.max
        """
    }

    @Test(arguments: [
        ("throttleWriteBpsDevice", 1 << 20, "dd if=/dev/zero of=/dev/disk bs=64k count=32 oflag=direct", "wbytes", 2 << 20, "wbps=1048576"),
        ("throttleReadBpsDevice", 1 << 20, "dd if=/dev/disk of=/dev/null bs=64k count=32 iflag=direct", "rbytes", 2 << 20, "rbps=1048576"),
        ("throttleWriteIOPSDevice", 20, "dd if=/dev/zero of=/dev/disk bs=4k count=40 oflag=direct", "wios", 40, "wiops=20"),
        ("throttleReadIOPSDevice", 20, "dd if=/dev/disk of=/dev/null bs=4k count=40 iflag=direct", "rios", 40, "riops=20"),
    ])
    func `a throttle makes a transfer take its time`(
        member: String, rate: Int, command: String, counter: String, amount: Int, line: String
    ) throws {
        try Self.withDisk { bundle, disk in
            bundle.resources("blockIO/\(member)", Self.throttle(disk, rate))
            bundle.process(Self.timing(command))
            let outcome = try bundle.run()
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.output.contains(line))
            // What is two seconds' worth; the kernel lets some of it go ahead at once.
            #expect(try #require(outcome.figures["passed"]) >= 130, "\(outcome)")
            #expect(try #require(outcome.figures[counter]) >= amount, "\(outcome)")
        }
    }

    @Test func `without a throttle the same takes no time`() throws {
        try Self.withDisk { bundle, _ in
            bundle.process(Self.timing("dd if=/dev/zero of=/dev/disk bs=64k count=32 oflag=direct"))
            let outcome = try bundle.run()
            #expect(try #require(outcome.figures["passed"]) < 130, "\(outcome)")
        }
    }

    @Test func `a weight is BFQ's where it is loaded, and the converted one otherwise`() throws {
        let bundle = try GuestBundle()
        bundle.resources("blockIO/weight", 500)
        // 1 + (500 - 10) · 9999 / 990
        #expect(try bundle.values("io.weight") == ["io.weight": "default 4950"])

        try Self.withDisk { bundle, disk in
            bundle.resources("blockIO/weight", 500)
            bundle.resources("blockIO/weightDevice", [["major": disk["major"]!, "minor": disk["minor"]!, "weight": 300]])
            let minor = try #require(disk["minor"]?.integer)
            let loaded = try bundle.outside("modprobe bfq && echo bfq > /sys/block/loop\(minor)/queue/scheduler")
            defer { _ = try? bundle.outside("echo none > /sys/block/loop\(minor)/queue/scheduler; rmmod bfq") }
            #expect(loaded.status == 0, "\(loaded)")
            let values = try bundle.values("io.bfq.weight", "io.weight")
            #expect(values == ["io.bfq.weight": "default 500;7:\(minor) 300", "io.weight": "default 100"])
        }
    }
}
