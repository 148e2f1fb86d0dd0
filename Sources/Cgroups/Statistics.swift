/// What a cgroup and those below it have used, as cgroup v2 tells it.
///
/// A part whose controller the cgroup does not have is zero, or nil where zero would be a lie.
public struct Statistics: Hashable, Sendable {
    public var cpu = CPU()
    public var memory = Memory()
    public var pids = Pids()
    public var io = IO()
    /// By page size, such as `2MB`.
    public var hugepages: [Hugepages] = []

    /// Nanoseconds.
    public struct CPU: Hashable, Sendable {
        public var total: UInt64 = 0
        public var user: UInt64 = 0
        public var kernel: UInt64 = 0
        /// How many periods of its quota have passed, and in how many of them it was held back.
        public var periods: UInt64 = 0
        public var throttledPeriods: UInt64 = 0
        public var throttledTime: UInt64 = 0
        public var pressure: Pressure?
    }

    /// Bytes.
    public struct Memory: Hashable, Sendable {
        public var usage = Amount()
        /// Swap alone; nil: the kernel does not account for it.
        public var swap: Amount?
        /// Of `usage`, what is in the page cache.
        public var cache: UInt64 = 0
        /// All of `memory.stat`, sorted by name.
        public var raw: [Count] = []
        public var pressure: Pressure?
    }

    public struct Amount: Hashable, Sendable {
        public var current: UInt64 = 0
        /// The largest number: there is none.
        public var limit: UInt64 = 0
        /// 0: the kernel does not tell.
        public var peak: UInt64 = 0

        public init(current: UInt64 = 0, limit: UInt64 = 0, peak: UInt64 = 0) {
            self.current = current
            self.limit = limit
            self.peak = peak
        }
    }

    public struct Count: Hashable, Sendable {
        public var name: String
        public var value: UInt64
    }

    public struct Pids: Hashable, Sendable {
        /// Processes and their threads; without the controller, processes.
        public var current: UInt64 = 0
        /// 0: none.
        public var limit: UInt64 = 0
    }

    public struct IO: Hashable, Sendable {
        public var devices: [Device] = []
        public var pressure: Pressure?

        public struct Device: Hashable, Sendable {
            public var major: UInt64
            public var minor: UInt64
            public var bytesRead: UInt64 = 0
            public var bytesWritten: UInt64 = 0
            public var reads: UInt64 = 0
            public var writes: UInt64 = 0
        }
    }

    public struct Hugepages: Hashable, Sendable {
        public var pageSize: String
        /// Bytes, reserved ones included where the kernel counts them.
        public var usage: UInt64 = 0
        /// How often the limit refused one.
        public var failures: UInt64 = 0
    }

    /// How much of the time processes stood still for want of something (PSI).
    public struct Pressure: Hashable, Sendable {
        /// At least one of them, and all of them at once.
        public var some = Stall()
        public var full = Stall()

        public struct Stall: Hashable, Sendable {
            /// Percent, over so many seconds.
            public var average10 = 0.0
            public var average60 = 0.0
            public var average300 = 0.0
            /// Microseconds.
            public var total: UInt64 = 0
        }
    }
}
