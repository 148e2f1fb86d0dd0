import AgentProtocol
import JSON
import TestKit

/// A machine that a process of `Tests/Booter` has, in a mount namespace of its own.
final class Booter: AgentLine, @unchecked Sendable {
    let program: Program
    let state: String
    private let commands: Descriptor
    private let answers: Stream
    private let errors: Stream

    static let kernel = Repository.path(".build/guest/kernel")
    static let canBoot = Files.exists(kernel + "/vmlinuz") && Files.exists("/usr/bin/qemu-system-x86_64") && Host.isRoot

    /// $SWIFTRUN_TEST_VIRTIOFSD can name another than the distribution's.
    private static let fileServer = Environment.variable("SWIFTRUN_TEST_VIRTIOFSD").map { #", "fileServer": "\#($0)""# } ?? ""

    /// A boot takes as long as the machine lets it.
    static var boot: Deadline { Deadline(after: 240) }

    /// `prelude` is what a shell does before, in the booter's namespaces: a mount namespace of its own, and with `hasNetwork` a network.
    init(_ words: [String] = [], guestDirectory: String = kernel, prelude: String = "", hasNetwork: Bool = false) throws {
        let scratch = try Scratch.required()
        state = scratch.directory + "/" + scratch.unique("state")
        try Files.makeDirectory(state, mode: 0o700)
        let file = state + "-settings"
        try Files.write(file, #"{"guestDirectory":"\#(guestDirectory)"\#(Self.fileServer)}"#)
        var command = ["unshare", "--mount", "--propagation", "slave"] + (hasNetwork ? ["--net"] : [])
        if !prelude.isEmpty { command += ["sh", "-c", #"set -e; \#(prelude); exec "$0" "$@""#] }
        command += [Repository.path(".build/debug/Booter"), UnderTest.binary, state, file] + words
        let input = try Descriptor.pipe()
        let output = try Descriptor.pipe()
        let complaints = try Descriptor.pipe()
        let inward = try Descriptor.pipe()
        let outward = try Descriptor.pipe()
        program = try Program(
            Program.Request(
                command, environment: scratch.environment,
                descriptors: [input.read, output.write, complaints.write, inward.read, outward.write]))
        for descriptor in [input.read, output.write, complaints.write, inward.read, outward.write] { descriptor.close() }
        commands = input.write
        answers = Stream(output.read)
        errors = Stream(complaints.read)
        super.init(to: inward.write, from: outward.read)
    }

    /// The next line it says.
    func line(_ deadline: Deadline = .usual) throws -> String {
        guard let line = try answers.line(deadline) else {
            throw Failure("the booter has ended: \(String(decoding: try errors.rest(), as: UTF8.self))")
        }
        return line
    }

    /// Pids of QEMU and virtiofsd.
    func started() throws -> (qemu: Int32, server: Int32) {
        let words = try line().split(separator: " ")
        guard words.count == 3, words[0] == "started", let qemu = Int32(words[1]), let server = Int32(words[2]) else {
            throw Failure("not started: \(words.joined(separator: " "))")
        }
        return (qemu, server)
    }

    func tell(_ command: String) throws -> String {
        try commands.write(Array((command + "\n").utf8))
        return try line()
    }

    /// Waits for its end, after all it has said.
    func end() throws -> Ending { try program.wait() }
}

extension Booter {
    /// What a process writes to its output until it ends, and how that was.
    func rest(of channel: UInt32) throws -> (text: String, end: Notice.End?) {
        var bytes: [UInt8] = []
        var end: Notice.End?
        while true {
            switch try next(on: channel) {
            case .bytes(_, let more): bytes += more
            case .message(let text, _): if case .exited(let how, _, _) = try Notice(text) { end = how }
            case .close: return (String(decoding: bytes, as: UTF8.self), end)
            default: break
            }
        }
    }
}
