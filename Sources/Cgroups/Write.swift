/// One value for one file of a container's cgroup, and the member of config.json that asks for it.
public struct Write: Hashable, Sendable {
    /// Refusals that are no error.
    public struct Tolerance: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The file is not there: the value is what the kernel does anyway, or the lesser half of a limit.
        public static let missing = Tolerance(rawValue: 1)
        /// EINVAL: the value only fits after a later write of the list, and is written again then.
        public static let invalid = Tolerance(rawValue: 2)
        /// The file is not there, and the limit goes without: said in a warning.
        public static let missingWithWarning = Tolerance(rawValue: 4)
    }

    /// Such as `memory`; `cgroup` is what every cgroup has.
    public let controller: String
    public let file: String
    public let value: String
    /// The JSON path, such as `/linux/resources/memory/limit`.
    public let field: String
    public var tolerance: Tolerance
    /// Another file that takes its place: it is written only where that one is missing.
    public var substituteFor: String?

    /// The controller is what stands before the first dot of the file's name.
    public init(
        _ file: String, _ value: String, _ field: String, _ tolerance: Tolerance = [], substituteFor: String? = nil
    ) {
        self.file = file
        self.value = value
        self.field = field
        self.tolerance = tolerance
        self.substituteFor = substituteFor
        controller = String(file.prefix { $0 != "." })
    }
}

/// A limit that must not be below what is used already.
public struct Check: Hashable, Sendable {
    /// Where the kernel tells what is used.
    public let file: String
    public let limit: UInt64
    public let field: String
}
