import Kernel
import Testing

@Suite struct PollTests {
    @Test func `who is ready is told in the order that was asked`() throws {
        let first = try Pipe()
        let second = try Pipe()
        let quiet = first.reader
        let quietWriter = first.writer
        let ready = second.reader
        let readyWriter = second.writer
        try write("x", to: readyWriter)
        let found = try #require(
            try poll([Watch(quiet, .readable), Watch(ready, .readable), Watch(quietWriter, .writable)], until: .after(.seconds(20))))
        #expect(found == [[], .readable, .writable])
    }

    @Test func `a closed end is told unasked`() throws {
        let pair = try SocketPair(.stream)
        let first = pair.first
        close(pair.second)
        let found = try #require(try poll([Watch(first, [])], until: .after(.seconds(20))))
        #expect(found[0].contains(.hungUp))
    }

    @Test func `nothing ready by the deadline is nothing`() throws {
        let pipe = try Pipe()
        let reader = pipe.reader
        let writer = pipe.writer
        let start = MonotonicClock.now
        #expect(try poll([Watch(reader, .readable)], until: .after(.milliseconds(20))) == nil)
        #expect(MonotonicClock.now - start >= 20_000_000)
        #expect(try poll([], until: .passed) == nil)
        #expect(isOpen(writer.raw))
    }
}
