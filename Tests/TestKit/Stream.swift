import Glibc
public import JSON

/// What comes out of a pipe or terminal, read when asked for.
public final class Stream {
    private let descriptor: Descriptor
    private var pending: [UInt8] = []
    private(set) public var hasEnded = false

    public init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// The next line without its end; nil at the end of the stream.
    public func line(_ deadline: Deadline = .usual) throws -> String? {
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                return line
            }
            if hasEnded {
                guard !pending.isEmpty else { return nil }
                defer { pending = [] }
                return String(decoding: pending, as: UTF8.self)
            }
            guard try fill(deadline) else { throw Failure("waited for a line, have \(rendered())") }
        }
    }

    /// The next line as JSON.
    public func value(_ deadline: Deadline = .usual) throws -> Value {
        guard let line = try line(deadline) else { throw Failure("waited for a line of JSON, the stream has ended") }
        do {
            return try parse(Array(line.utf8))
        } catch {
            throw Failure("not JSON (\(error)): \(line)")
        }
    }

    /// Everything up to the end of the stream.
    public func rest(_ deadline: Deadline = .usual) throws -> [UInt8] {
        while !hasEnded {
            guard try fill(deadline) else { throw Failure("waited for the end of the output: somebody still holds it open; have \(rendered())") }
        }
        defer { pending = [] }
        return pending
    }

    /// What has come so far; never waits.
    public func available() throws -> [UInt8] {
        while try !hasEnded && fill(Deadline(after: 0)) {}
        defer { pending = [] }
        return pending
    }

    /// Reads all streams to their ends together, so that no writer of one waits for a reader of the other.
    static func drain(_ streams: [Stream], _ deadline: Deadline) throws {
        while true {
            let open = streams.filter { !$0.hasEnded }
            if open.isEmpty { return }
            let ready = readable(open.map(\.descriptor.raw), deadline)
            guard ready.contains(true) else {
                throw Failure("waited for the end of the output: somebody still holds it open; have \(streams.map { $0.rendered() })")
            }
            for (stream, isReady) in zip(open, ready) where isReady { _ = try stream.fill(deadline) }
        }
    }

    /// Everything up to and with `text`.
    public func wait(for text: String, _ deadline: Deadline = .usual) throws -> String {
        if let seen = try self.text(upTo: text, deadline) { return seen }
        throw Failure("waited for \"\(text)\", have \(rendered())")
    }

    /// Everything up to and with `text`; nil: it has not come in time.
    func text(upTo text: String, _ deadline: Deadline) throws -> String? {
        let wanted = Array(text.utf8)
        var searched = 0
        while true {
            if let range = pending[searched...].firstRange(of: wanted) {
                let upTo = String(decoding: pending[..<range.upperBound], as: UTF8.self)
                pending.removeSubrange(..<range.upperBound)
                return upTo
            }
            searched = max(0, pending.count - wanted.count)
            guard !hasEnded, try fill(deadline) else { return nil }
        }
    }

    /// What has come, waiting for something; empty at the end of the stream.
    public func some(_ deadline: Deadline = .usual) throws -> [UInt8] {
        while pending.isEmpty && !hasEnded {
            guard try fill(deadline) else { throw Failure("waited for anything to come") }
        }
        defer { pending = [] }
        return pending
    }

    /// Reads once; false when nothing came in time.
    private func fill(_ deadline: Deadline) throws -> Bool {
        guard readable([descriptor.raw], deadline)[0] else { return false }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = unsafe read(descriptor.raw, &chunk, chunk.count)
        if count < 0 && errno == EINTR { return true }
        // A terminal without slaves answers EIO: its end.
        guard count > 0 || errno == EIO || count == 0 else { throw Failure("read: \(errnoText())") }
        if count <= 0 { hasEnded = true } else { pending += chunk[..<count] }
        return true
    }

    private func rendered() -> String { "\"\(String(decoding: pending.suffix(2000), as: UTF8.self))\"" }
}
