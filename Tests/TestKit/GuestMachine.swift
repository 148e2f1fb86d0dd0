import Glibc
import Synchronization

/// A running machine and the line to the agent in it (Tests/Guest/agent.c). Any number of threads may run scripts at a time.
final class GuestMachine: Sendable {
    private let program: Program
    private let consolePath: String
    private let input: Mutex<Descriptor>
    private let output: Descriptor
    /// QEMU's stderr, kept open.
    private let complaints: Descriptor
    private let line = Mutex(Line())
    private let count = Atomic(0)

    /// What has come from the agent, and who waits for it.
    private struct Line {
        var pending: [UInt8] = []
        var answers: [Int: Answer] = [:]
        /// Written to when an answer is there, since another thread may have read it.
        var waiters: [Int: Descriptor] = [:]
        var hasEnded = false
    }

    private struct Answer {
        var outcome: Outcome
        var isLate: Bool
    }

    init(_ guest: Guest) throws {
        guard guest.canBoot else { throw Failure("no \(guest.rawValue) guest here: make test prepares it") }
        consolePath = Repository.path(".build/guest/console-\(guest.rawValue).log")
        let (toGuest, fromGuest) = (try Descriptor.pipe(), try Descriptor.pipe())
        let complaints = try Descriptor.pipe()
        let words = guest == .systemd ? ["--systemd"] : []
        program = try Program(
            Program.Request(
                [Repository.path("Tests/Guest/boot"), "--binary", UnderTest.binary, "--probe", ProbeBinary.path, "--console", consolePath]
                    + words,
                environment: Environment.plain, descriptors: [toGuest.read, fromGuest.write, complaints.write]))
        toGuest.read.close()
        fromGuest.write.close()
        complaints.write.close()
        input = Mutex(toGuest.write)
        output = fromGuest.read
        self.complaints = complaints.read

        do {
            try waitUntilReady()
        } catch {
            throw Failure("\(error); it said: \(String(decoding: try Stream(complaints.read).available(), as: UTF8.self))")
        }
        let prepared = try run(Self.preparation + (guest == .systemd ? Self.systemdPreparation : ""), seconds: 60)
        guard prepared.status == 0 else { throw Failure("the guest cannot be prepared: \(prepared)") }
    }

    /// The root filesystem of all containers.
    private static let preparation = """
        set -e
        for bin in /bin /usr/local/sbin; do [ ! -e $bin/probe ] || break; done
        mkdir -p /rootfs/bin /rootfs/dev /rootfs/etc /rootfs/proc /rootfs/sys /rootfs/tmp
        cp $bin/busybox $bin/probe /rootfs/bin
        chroot /rootfs /bin/busybox --install -s /bin

        """

    // The boot is over, and so is that of the user's manager, which is begun when the system runs already.
    private static let systemdPreparation = """
        systemctl is-system-running --wait || systemctl is-system-running | grep degraded || { systemctl list-jobs; exit 1; }
        systemctl start user@1000.service

        """

    private func waitUntilReady() throws {
        let deadline = Deadline(after: 90)
        let ready = Array("ready\n".utf8)
        while line.withLock({ line in
            guard line.pending.starts(with: ready) else { return true }
            line.pending.removeFirst(ready.count)
            return false
        }) {
            guard readable([output.raw], deadline)[0] else { throw Failure("waited for the guest to boot; \(console)") }
            try receive()
        }
    }

    func run(_ script: String, seconds: Int) throws -> Outcome {
        let id = count.add(1, ordering: .relaxed).newValue
        let wake = try Descriptor.pipe()
        line.withLock { $0.waiters[id] = wake.write }
        let text = Array(script.utf8)
        try input.withLock { try send(Array("\(id) \(seconds) \(text.count)\n".utf8) + text, $0) }
        // The guest's clock runs slower than ours where the machine is busy.
        let deadline = Deadline(after: Double(seconds) * 2 + 30)
        while true {
            if let answer = line.withLock({ $0.answers.removeValue(forKey: id) }) {
                guard !answer.isLate else {
                    throw Failure("\(seconds) s are over in the guest, in: \(script)\n\(answer.outcome)\n\(console)")
                }
                return answer.outcome
            }
            guard readable([output.raw, wake.read.raw], deadline).contains(true) else {
                throw Failure("waited for the guest to run: \(script)\n\(console)")
            }
            try receive()
        }
    }

    private func send(_ bytes: [UInt8], _ descriptor: Descriptor) throws {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { unsafe write(descriptor.raw, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure("the guest is gone: \(errnoText()); \(console)") }
            done += count
        }
    }

    /// Takes what has come, and hands out whole answers.
    private func receive() throws {
        try line.withLock { line in
            guard !line.hasEnded, readable([output.raw], Deadline(after: 0))[0] else {
                guard !line.hasEnded else { throw Failure("the guest has ended; \(console)") }
                return
            }
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = unsafe read(output.raw, &chunk, chunk.count)
            if count < 0 && errno == EINTR { return }
            guard count > 0 else {
                line.hasEnded = true
                for waiter in line.waiters.values { waiter.close() }
                throw Failure("the guest has ended; \(console)")
            }
            line.pending += chunk[..<count]
            while let (id, answer) = Self.answer(&line.pending) {
                line.answers[id] = answer
                line.waiters.removeValue(forKey: id)?.close()
            }
        }
    }

    private static func answer(_ pending: inout [UInt8]) -> (Int, Answer)? {
        guard let end = pending.firstIndex(of: 10) else { return nil }
        let words = String(decoding: pending[..<end], as: UTF8.self).split(separator: " ")
        let numbers = words.compactMap { Int($0) }
        guard words.count == 5, numbers.count == 4, pending.count >= end + 1 + numbers[2] + numbers[3] else { return nil }
        let body = pending[(end + 1)...]
        let outcome = Outcome(
            ending: words[1] == "exit" ? .exited(Int32(numbers[1])) : .killed(signal: Int32(numbers[1])),
            outputBytes: Array(body.prefix(numbers[2])),
            errorBytes: Array(body.dropFirst(numbers[2]).prefix(numbers[3])))
        pending.removeFirst(end + 1 + numbers[2] + numbers[3])
        return (numbers[0], Answer(outcome: outcome, isLate: words[1] == "late"))
    }

    /// The last of what the guest's kernel and first process printed.
    var console: String { "its console (\(consolePath)): \(Files.text(consolePath).suffix(3000))" }
}
