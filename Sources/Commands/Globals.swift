internal import Lifecycle

/// The global options that verbs need, understood.
struct Globals: Hashable {
    /// As given.
    var root: String?
    var cgroupDriver = Settings.CgroupDriver.cgroupfs
    var rootless = Settings.Rootless.auto

    init(_ preamble: Preamble) throws(Failure) {
        root = preamble.root
        if preamble.isSystemdCgroup { cgroupDriver = .systemd }
        let choice = preamble.rootless ?? "auto"
        if let isRootless = goBool(choice) {
            rootless = isRootless ? .yes : .no
        } else if !choice.isEmpty && choice.lowercased() != "auto" {
            throw Failure("invalid value for --rootless: \"\(choice)\" is neither true nor false nor auto")
        }
    }
}
