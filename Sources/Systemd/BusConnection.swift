public import Kernel

/// A connection to a bus. Nothing waits longer than the deadline it is given.
public struct BusConnection: ~Copyable, Sendable {
    private let socket: OwnedFD
    private let place: String
    /// What was received and not yet taken.
    private var received: [UInt8] = []
    /// How much more of a message is to be thrown away.
    private var excess = 0
    private var lastSerial: UInt32 = 0

    /// Longer messages are none that are waited for, and are passed over: any user may send us signals.
    private static let longest = 1 << 20

    /// Connects and tells the bus who we are, which the kernel attests. Who owns the name on the bus is up to `Hello`.
    ///
    /// nil: the deadline came first.
    public static func open(_ address: BusAddress, until deadline: Deadline) throws(SystemdError) -> BusConnection? {
        let socket: OwnedFD
        do throws(SyscallError) { socket = try connect(address.path, until: deadline) } catch {
            if error.errno == .timedOut { return nil }
            throw .refused(step: "connect to the bus", error)
        }
        var connection = BusConnection(socket, "the bus at \(address.path)")
        guard try connection.authenticate(until: deadline) else { return nil }
        return connection
    }

    private init(_ socket: consuming OwnedFD, _ place: String) {
        self.socket = socket
        self.place = place
    }

    /// SASL's EXTERNAL without an identity ("Authentication Protocol"): the socket tells it, in the bus's own user namespace,
    /// where our idea of our uid need not mean anything.
    private mutating func authenticate(until deadline: Deadline) throws(SystemdError) -> Bool {
        guard try send(Array("\0AUTH EXTERNAL\r\nDATA\r\n".utf8), until: deadline) else { return false }
        while true {
            guard let line = try line(until: deadline) else { return false }
            if line == "DATA" || line.hasPrefix("DATA ") { continue }
            guard line.hasPrefix("OK ") else { throw .unintelligible("\(place) does not let us in: \(quotable(line))") }
            return try send(Array("BEGIN\r\n".utf8), until: deadline)
        }
    }

    private mutating func line(until deadline: Deadline) throws(SystemdError) -> String? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: received[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
                received.removeFirst(end + 1)
                return line
            }
            // "The maximum length of a line is 16384".
            guard received.count <= 16384 else { throw .unintelligible("\(place) speaks another protocol") }
            guard try fill(until: deadline) else { return nil }
        }
    }

    /// Sends a message under the next serial, which is the result. nil: the bus did not take it before the deadline.
    public mutating func send(_ message: BusMessage, until deadline: Deadline) throws(SystemdError) -> UInt32? {
        var message = message
        lastSerial = lastSerial == .max ? 1 : lastSerial + 1
        message.serial = lastSerial
        return try send(message.bytes, until: deadline) ? lastSerial : nil
    }

    private func send(_ bytes: [UInt8], until deadline: Deadline) throws(SystemdError) -> Bool {
        var rest = bytes
        do throws(SyscallError) {
            while true {
                do throws(SyscallError) {
                    rest.removeFirst(try Kernel.send(rest, on: socket))
                    if rest.isEmpty { return true }
                } catch { guard error.errno == .tryAgain else { throw error } }
                if try poll([Watch(socket, .writable)], until: deadline) == nil { return false }
            }
        } catch {
            if error.errno == .brokenPipe || error.errno == .connectionReset { throw .unintelligible("\(place) hung up") }
            throw .refused(step: "speak with \(place)", error)
        }
    }

    /// The next message. nil: the deadline came first.
    public mutating func receive(until deadline: Deadline) throws(SystemdError) -> BusMessage? {
        while true {
            do throws(Malformed) {
                if let size = try BusMessage.size(received[...]) {
                    if size > Self.longest {
                        excess = max(0, size - received.count)
                        received.removeFirst(min(size, received.count))
                        continue
                    }
                    if size <= received.count {
                        let message = try BusMessage(received[..<size])
                        received.removeFirst(size)
                        if let message { return message }
                        continue
                    }
                }
            } catch { throw .unintelligible("a message from \(place) \(error.problem)") }
            guard try fill(until: deadline) else { return nil }
        }
    }

    /// Takes what is there to be taken. false: the deadline came first.
    private mutating func fill(until deadline: Deadline) throws(SystemdError) -> Bool {
        do throws(SyscallError) {
            if try poll([Watch(socket, .readable)], until: deadline) == nil { return false }
            var bytes: [UInt8]
            do throws(SyscallError) { bytes = try read(socket, count: 65536) } catch {
                guard error.errno == .tryAgain else { throw error }
                return true
            }
            guard !bytes.isEmpty else { throw SyscallError("read", nil, .connectionReset) }
            let skipped = min(excess, bytes.count)
            excess -= skipped
            bytes.removeFirst(skipped)
            received += bytes
            return true
        } catch {
            if error.errno == .connectionReset { throw .unintelligible("\(place) hung up") }
            throw .refused(step: "listen to \(place)", error)
        }
    }
}
