public import Spec

/// Where containers are kept and how their cgroups are made: the global flags, resolved.
public struct Settings: Hashable, Sendable {
    public enum CgroupDriver: String, Hashable, Sendable {
        case cgroupfs, systemd
    }

    public enum Rootless: String, Hashable, Sendable {
        case yes = "true"
        case no = "false"
        case auto
    }

    /// Absolute path of the directory that holds the containers' directories; never `/`.
    public var root: String
    /// Whether the user named it: then it must exist to be listed.
    public var isRootExplicit: Bool
    public var cgroupDriver: CgroupDriver
    public var rootless: Rootless

    public init(root: String, isRootExplicit: Bool, cgroupDriver: CgroupDriver = .cgroupfs, rootless: Rootless = .auto) {
        self.root = root
        self.isRootExplicit = isRootExplicit
        self.cgroupDriver = cgroupDriver
        self.rootless = rootless
    }
}

/// What `create` and `run` are asked to do.
public struct CreateRequest: Hashable, Sendable {
    /// How the container's terminal, if it has one, reaches its user.
    public enum Attachment: Hashable, Sendable {
        /// The caller stays and relays (`run` in the foreground).
        case foreground
        /// The caller leaves; a terminal's master goes to the socket at this path, if there is one.
        case detached(consoleSocket: String?)
    }

    public enum RootChange: Hashable, Sendable {
        case pivot
        /// MS_MOVE and chroot(2), for a root filesystem that cannot be pivoted away from (a ramdisk).
        case move
    }

    public enum Keyring: Hashable, Sendable {
        case new, inherited
    }

    public var id: String
    /// Directory of config.json, as given or the working directory.
    public var bundle: String
    public var attachment: Attachment
    public var pidFile: String?
    public var pidfdSocket: String?
    public var rootChange: RootChange
    public var keyring: Keyring
    /// Descriptors 3 to 2+n go to the container, after those of $LISTEN_FDS.
    public var preservedDescriptors: UInt32
    /// Somebody waits to hear that the program is ready: the container is to have a socket where it can tell (sd_notify(3)).
    public var tellsReadiness: Bool

    public init(
        id: String, bundle: String, attachment: Attachment, pidFile: String? = nil, pidfdSocket: String? = nil,
        rootChange: RootChange = .pivot, keyring: Keyring = .new, preservedDescriptors: UInt32 = 0, tellsReadiness: Bool = false
    ) {
        self.id = id
        self.bundle = bundle
        self.attachment = attachment
        self.pidFile = pidFile
        self.pidfdSocket = pidfdSocket
        self.rootChange = rootChange
        self.keyring = keyring
        self.preservedDescriptors = preservedDescriptors
        self.tellsReadiness = tellsReadiness
    }
}

/// What `state` and `list` tell of a container.
public struct ContainerState: Hashable, Sendable {
    public var state: State
    /// Absolute path of the root filesystem on the host.
    public var rootfs: String
    /// RFC 3339 with nanoseconds, UTC.
    public var created: String
    /// uid of the state directory's owner.
    public var ownerUID: UInt32

    public init(state: State, rootfs: String, created: String, ownerUID: UInt32) {
        self.state = state
        self.rootfs = rootfs
        self.created = created
        self.ownerUID = ownerUID
    }
}

/// The containers of a root directory, and what could not be read of it.
public struct Listing: Sendable {
    public var containers: [ContainerState]
    /// One line for each unreadable entry.
    public var warnings: [String]

    public init(containers: [ContainerState], warnings: [String]) {
        self.containers = containers
        self.warnings = warnings
    }
}
