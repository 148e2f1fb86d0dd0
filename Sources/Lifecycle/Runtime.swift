internal import Store

/// The verbs, over the containers of one root directory.
public struct Runtime: Sendable {
    public let settings: Settings
    let host: HostBackend
    let guests: (any Backend)?

    /// Without `guests` every bundle is the host's.
    public init(_ settings: Settings, guests: (any Backend)? = nil) {
        self.settings = settings
        host = HostBackend(settings: settings)
        self.guests = guests
    }

    func backend(of record: Record) throws(LifecycleError) -> any Backend {
        guard record.sandbox != nil else { return host }
        guard let guests else { throw LifecycleError("container \(record.id) is in a virtual machine, which cannot be reached from here") }
        return guests
    }
}

/// Why a verb failed: one sentence, outermost fact first, in runc's words where callers match them.
public struct LifecycleError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
