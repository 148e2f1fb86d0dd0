import Plan
import Spec
import Steps
import Testing

@Suite struct DeviceTests {
    private func nodes(_ trial: Trial) throws -> [String] { try trial.lines().filter { $0.hasPrefix("make ") && $0.contains(" /dev/") } }

    private func device(_ kind: Device.Kind, _ path: String, _ major: UInt32 = 0, _ minor: UInt32 = 0) -> Device {
        var device = Device(kind, path: path)
        device.major = major
        device.minor = minor
        return device
    }

    static let defaults = [
        "make character device 1:3 /dev/null", "make character device 1:5 /dev/zero", "make character device 1:7 /dev/full",
        "make character device 1:8 /dev/random", "make character device 1:9 /dev/urandom", "make character device 5:0 /dev/tty",
    ]

    // runtime-spec config-linux.md, "Default Devices" and "/dev symbolic links".
    @Test func `the devices of the specification are there`() throws {
        #expect(try nodes(Trial()) == Self.defaults)
        #expect(
            try Trial().lines().filter { $0.hasPrefix("link ") } == [
                "link /dev/ptmx to pts/ptmx", "link /dev/fd to /proc/self/fd", "link /dev/stdin to /proc/self/fd/0",
                "link /dev/stdout to /proc/self/fd/1", "link /dev/stderr to /proc/self/fd/2", "link /dev/core to /proc/kcore",
            ])
        #expect(try !Trial { $0.facts.hasKcore = false }.lines().contains { $0.contains("kcore") })
    }

    @Test func `everyone may use them`() throws {
        let step = try Trial().first { if case .makeDevice(let step) = $0 { step } else { nil } }
        #expect(step?.mode == 0o020666 && step?.uid == 0 && step?.gid == 0)
    }

    @Test func `own devices come after them, of their kind, mode and owner`() throws {
        var own = [
            device(.character, "/dev/fuse", 10, 229), device(.block, "/dev/sda", 8, 0), device(.unbuffered, "/dev/raw", 162, 1),
            device(.fifo, "/dev/log/pipe"),
        ]
        own[1].mode = 0o640
        own[1].uid = 5
        own[1].gid = 6
        let trial = Trial { $0.config.linux.devices = own }
        #expect(
            try nodes(trial) == Self.defaults + [
                "make character device 10:229 /dev/fuse", "make block device 8:0 /dev/sda", "make character device 162:1 /dev/raw",
                "make fifo /dev/log/pipe",
            ])
        let block = try trial.first { if case .makeDevice(let step) = $0, step.major == 8 { step } else { nil } }
        #expect(block?.mode == 0o060640 && block?.uid == 5 && block?.gid == 6)
    }

    @Test(arguments: ["/dev/null", "/dev//null", "/dev/x/../null"]) func `an own device takes the place of a default`(path: String) throws {
        let trial = Trial { $0.config.linux.devices = [self.device(.character, path, 7, 7)] }
        #expect(try nodes(trial) == Self.defaults.dropFirst() + ["make character device 7:7 /dev/null"])
    }

    @Test(arguments: ["/dev/ptmx", "/dev/console"]) func `the terminal's own are not made as nodes`(path: String) throws {
        #expect(try nodes(Trial { $0.config.linux.devices = [self.device(.character, path, 5, 2)] }) == Self.defaults)
    }

    @Test func `without rights to make nodes the host's are mounted`() throws {
        var trial = Trial {
            $0.mapUsers()
            $0.config.linux.devices = [self.device(.character, "/dev/fuse", 10, 229), self.device(.fifo, "/dev/pipe")]
        }
        let lines = try trial.lines()
        let numbers = ["null": "1:3", "zero": "1:5", "full": "1:7", "random": "1:8", "urandom": "1:9", "tty": "5:0", "fuse": "10:229"]
        for (path, number) in numbers {
            let opened = try #require(lines.firstIndex(of: "open mount source /dev/\(path)"))
            #expect(opened < (try #require(lines.firstIndex(of: "bind character device \(number) on /dev/\(path)"))))
        }
        #expect(try nodes(trial) == ["make fifo /dev/pipe"])
        trial = Trial { $0.facts.isInUserNamespace = true }
        #expect(try trial.lines().contains("bind character device 1:3 on /dev/null"))
    }

    @Test func `each device is mounted from its own source`() throws {
        let plan = try Trial { $0.mapUsers() }.plan()
        var sources: [Int32: String] = [:]
        for step in plan.steps {
            if case .openTree(let path, _, let slot) = step { sources[slot.index] = "\(path)" }
            if case .bindDevice(let slot, let device) = step { #expect(sources[slot.index] == "\(device.path)") }
        }
    }

    @Test func `a dev bound from elsewhere is left as it is`() throws {
        let lines = try Trial {
            $0.bind("/dev", "/dev/")
            $0.config.linux.devices = [self.device(.character, "/dev/fuse", 10, 229)]
        }.lines()
        #expect(!lines.contains { $0.contains("device") || $0.hasPrefix("link ") })
    }
}
