import AgentProtocol
import JSON
import TestKit

/// A machine whose first process is the agent.
final class AgentMachine: AgentLine, @unchecked Sendable {
    private let program: Program
    private let directory: String

    static let kernel = Repository.path(".build/guest/kernel")
    /// Of the one network interface.
    static let hardwareAddress = "02:00:00:00:00:77"
    static let canBoot = Files.exists(kernel + "/vmlinuz") && Files.exists("/usr/bin/qemu-system-x86_64")

    /// The number tells machines of one process apart, and their consoles.
    init(_ number: Int) throws {
        directory = Repository.path(".build/guest/agent-\(number)")
        try Files.makeDirectory(directory)
        try Files.write(directory + "/initrd", Initrd(binary: UnderTest.binary, kernel: Self.kernel).bytes)
        let (toGuest, fromGuest) = (try Descriptor.pipe(), try Descriptor.pipe())
        program = try Program(
            Program.Request(
                [
                    "/usr/bin/qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "512",
                    "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "file:\(directory)/console",
                    "-device", "virtio-serial-pci", "-chardev", "stdio,id=agent,signal=off", "-device",
                    "virtserialport,chardev=agent,name=agent", "-device", "virtio-net-pci,netdev=net,mac=\(Self.hardwareAddress)",
                    // What is sent to 10.0.2.100 comes back.
                    "-netdev", "user,id=net,restrict=on,guestfwd=tcp:10.0.2.100:7-cmd:cat", "-kernel", Self.kernel + "/vmlinuz", "-initrd",
                    directory + "/initrd",
                    "-append", "console=ttyS0 panic=-1 loglevel=5",
                ],
                environment: Environment.plain, descriptors: [toGuest.read, fromGuest.write]))
        toGuest.read.close()
        fromGuest.write.close()
        super.init(to: toGuest.write, from: fromGuest.read)
        try greet(Deadline(after: 90))
        // QEMU has read it, and the shared machine ends with the tests' process, which leaves no time to remove it.
        try Files.remove(directory + "/initrd")
        let settings = GuestSettings(clock: 1_800_000_000_000_000_000, hostname: "guest", shareTag: "")
        guard try ask(.configure(settings)) == .done(.null) else { throw Failure("the guest cannot be configured; \(plight)") }
    }

    override var plight: String { "its console: \(Files.text(directory + "/console").suffix(2000))" }

    /// How the machine ends.
    func end() throws -> Ending { try program.wait() }
}

/// What a process said, and how it ended.
struct Said: Hashable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var end: Notice.End?
    var wasOutOfMemory = false
    var answer: Answer?

    var text: String { String(decoding: output, as: UTF8.self) }
}

extension AgentMachine {
    /// Reads a process's channel to its close, granting credit for all that comes.
    func rest(of channel: UInt32, into start: Said = Said()) throws -> Said {
        var said = start
        while true {
            switch try next(on: channel) {
            case .bytes(let stream, let bytes):
                if stream == .output { said.output += bytes } else { said.errors += bytes }
                try send(.credit(stream, UInt32(bytes.count)), on: channel)
            case .message(let text, _):
                if said.answer == nil {
                    said.answer = try Answer(text)
                } else if case .exited(let end, _, let wasOutOfMemory) = try Notice(text) {
                    said.end = end
                    said.wasOutOfMemory = wasOutOfMemory
                }
            case .close:
                try send(.close, on: channel)
                return said
            default: break
            }
        }
    }

    /// Reads output until it holds `text`.
    func wait(for text: String, on channel: UInt32) throws -> Said {
        var said = Said()
        while !said.text.contains(text) {
            switch try next(on: channel) {
            case .bytes(_, let bytes): said.output += bytes
            case .message(let text, _): said.answer = try Answer(text)
            default: break
            }
        }
        return said
    }

    static func create(_ id: String, _ arguments: [String], resources: Value = .object([])) -> AgentProtocol.Request {
        let namespaces = ["pid", "mount", "ipc", "uts", "cgroup"].map { Value.object([.init("type", .string($0))]) }
        let mounts: [Value] = [
            ["destination": "/proc", "type": "proc", "source": "proc"], ["destination": "/dev", "type": "tmpfs", "source": "tmpfs"],
            ["destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"]],
        ]
        return .create(
            CreateOrder(
                id: id,
                config: [
                    "ociVersion": "1.0.2", "process": process(arguments), "root": ["path": "/rootfs", "readonly": true],
                    "hostname": "box", "mounts": .array(mounts),
                    "linux": ["namespaces": .array(namespaces), "resources": resources],
                ]))
    }

    static func exec(_ id: String, _ arguments: [String], hasTerminal: Bool = false) -> AgentProtocol.Request {
        var value = process(arguments)
        if hasTerminal, case .object(let members) = value { value = .object(members + [.init("terminal", true)]) }
        return .exec(
            ExecOrder(
                id: id, process: value, streams: hasTerminal ? [.input, .output] : [.input, .output, .errors], hasTerminal: hasTerminal))
    }

    private static func process(_ arguments: [String]) -> Value {
        ["user": ["uid": 0, "gid": 0], "args": Value(arguments), "env": ["PATH=/bin"], "cwd": "/"]
    }
}
