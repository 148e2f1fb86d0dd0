/// The OCI configuration of one container, every default resolved (runtime-spec config.md).
///
/// A value of this type is complete: optional members are those whose absence has a meaning of its own.
public struct Config: Hashable, Sendable {
    /// `ociVersion`, as written.
    public var ociVersion = ""
    public var root = Root()
    public var mounts: [Mount] = []
    /// nil when config.json has none: such a container can be created but not started.
    public var process: Process?
    public var hostname = ""
    public var domainname = ""
    public var hooks = Hooks()
    /// In the order of config.json; keys are unique.
    public var annotations: [Annotation] = []
    public var linux = Linux()
    /// nil: config.json asks for no machine.
    public var vm: VirtualMachine?
    /// What `annotations` say of a machine.
    public var sandbox = SandboxRequest()

    public init() {}
}

public struct Annotation: Hashable, Sendable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// `root` (runtime-spec config.md).
public struct Root: Hashable, Sendable {
    /// As written: absolute, or relative to the bundle.
    public var path = ""
    public var isReadonly = false

    public init() {}
}

/// One entry of `mounts` (runtime-spec config.md), its options still as written.
public struct Mount: Hashable, Sendable {
    public var destination = ""
    public var source = ""
    public var type = ""
    public var options: [String] = []
    public var uidMappings: [IDMapping] = []
    public var gidMappings: [IDMapping] = []

    public init() {}
}

/// One line of an id map: `size` ids from `containerID` on are `hostID` on outside.
public struct IDMapping: Hashable, Sendable {
    public var containerID: UInt32
    public var hostID: UInt32
    public var size: UInt32

    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }
}
