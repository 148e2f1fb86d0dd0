import Glibc
import Kernel
import Testing

@Suite struct SignalTests {
    @Test(arguments: [
        ("TERM", 15), ("SIGTERM", 15), ("sigterm", 15), ("Kill", 9), ("9", 9), ("64", 64), ("1", 1), ("HUP", 1), ("SIGUSR1", 10), ("cld", 17),
        ("CHLD", 17), ("POLL", 29), ("IO", 29), ("IOT", 6), ("SYS", 31), ("STKFLT", 16), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("rtmin+30", 64), ("RTMAX", 64),
        ("RTMAX-14", 50), ("SIGRTMAX-30", 34),
    ])
    func `a signal is named or numbered`(text: String, number: Int32) {
        #expect(Signal(text)?.rawValue == number)
    }

    @Test(arguments: [
        "", "0", "65", "-1", "-9", "99999999999", "SIG", "SIGSIGTERM", "TERMX", " TERM", "RTMIN+31", "RTMAX-31", "RTMIN-1", "RTMAX+1", "RTMIN+", "RTMIN+x",
        "RTMIN+-1", "\u{17F}IGTERM", "\u{212A}ILL", "TERM\0",
    ])
    func `anything else is none`(text: String) {
        #expect(Signal(text) == nil)
    }

    @Test func `every signal is written so that it can be read again`() {
        for number in Int32(1)...64 where number != 32 && number != 33 {
            let signal = Signal(rawValue: number)
            #expect(Signal(signal.description) == signal)
            #expect(signal.description.hasPrefix("SIG"))
        }
        #expect("\(Signal(rawValue: 32))" == "signal 32")
        #expect("\(Signal.terminate)" == "SIGTERM")
        #expect("\(Signal(rawValue: 64))" == "SIGRTMIN+30")
    }

    @Test func `sets hold what they were given`() {
        let set = SignalSet(.hangUp, .childEnded, Signal(rawValue: 64))
        #expect(set.mask == 0x8000_0000_0001_0001)
        #expect(set.contains(.childEnded) && !set.contains(.terminate))
        #expect(SignalSet.all.contains(Signal(rawValue: 64)))
    }

    @Test func `blocked signals wait to be read, and come once they are let`() async {
        await #expect(processExitsWith: .success) {
            // The test's own threads block most signals.
            try setBlocked(SignalSet())
            let before = try block(.all)
            #expect(before == SignalSet())
            let signals = try SignalFD(SignalSet(.user1, .windowChanged))
            #expect(try signals.next() == nil)
            raise(SIGUSR1)
            raise(SIGWINCH)
            #expect(try poll([Watch(signals.descriptor, .readable)], until: .passed) == [.readable])
            #expect(try Set([signals.next(), signals.next()]) == [.user1, .windowChanged])
            #expect(try signals.next() == nil)
            #expect(try setBlocked(before).contains(.user2))
            #expect(try !setBlocked(before).contains(.user2))
        }
    }

    @Test func `an ignored signal does nothing, by default it kills`() async {
        await #expect(processExitsWith: .signal(SIGUSR2)) {
            // The test's own threads block most signals.
            try setBlocked(SignalSet())
            try ignore(.user2)
            raise(SIGUSR2)
            try restoreDefault(of: .user2)
            raise(SIGUSR2)
        }
    }
}
