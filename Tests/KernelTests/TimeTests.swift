import Glibc
import Kernel
import TestKit
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00Z"), (951_782_400, 0, "2000-02-29T00:00:00Z"), (4_107_542_399, 0, "2100-02-28T23:59:59Z"),
        (4_107_542_400, 0, "2100-03-01T00:00:00Z"), (-1, 0, "1969-12-31T23:59:59Z"), (1_700_000_000, 120_000_000, "2023-11-14T22:13:20.12Z"),
        (1_700_000_000, 1, "2023-11-14T22:13:20.000000001Z"), (1_700_000_000, 999_999_999, "2023-11-14T22:13:20.999999999Z"),
    ])
    func `a moment is written as RFC 3339 says`(seconds: Int64, nanoseconds: Int64, text: String) {
        #expect("\(Timestamp(seconds: seconds, nanoseconds: nanoseconds))" == text)
    }

    @Test func `every day of four centuries has libc's date`() {
        for day in Int64(-50_000)...100_000 {
            var seconds = Int(day * 86_400 + day % 86_400)
            var parts = unsafe tm()
            unsafe gmtime_r(&seconds, &parts)
            var text = [CChar](repeating: 0, count: 32)
            unsafe strftime(&text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts)
            let expected = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            let own = Timestamp(seconds: Int64(seconds), nanoseconds: 5).inSeconds
            if own != expected {
                Issue.record("\(own) is not \(expected)")
                return
            }
        }
    }

    @Test func `now is the clock's`() {
        let before = time(nil)
        let now = Timestamp.now().seconds
        #expect((Int64(before)...Int64(time(nil))).contains(now))
    }

    @Test func `deadlines come, have come or never come`() throws {
        #expect(Kernel.Deadline.never.remaining == nil)
        #expect(!Kernel.Deadline.never.hasPassed)
        #expect(Kernel.Deadline.passed.hasPassed)
        #expect(Kernel.Deadline.after(.zero).hasPassed)
        #expect(Kernel.Deadline.after(.seconds(-5)).hasPassed)
        #expect(Kernel.Deadline.after(.seconds(Int64.min)).hasPassed)
        #expect(Kernel.Deadline.after(.seconds(Int64.max)).remaining == nil)
        #expect(Kernel.Deadline.after(.seconds(10_000_000_000)).remaining == nil)
        let left = try #require(Kernel.Deadline.after(.milliseconds(90_500)).remaining)
        #expect((80_000_000_000...90_500_000_000).contains(left))
    }
}
