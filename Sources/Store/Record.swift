public import Kernel
public import Spec

/// What the verbs after `create` need of a container: they never look at config.json again, which may have changed.
///
/// Nothing that can be derived, such as the status, is in it.
public struct Record: Hashable, Sendable {
    /// Who makes and removes the container's cgroup.
    public enum CgroupDriver: String, Hashable, Sendable, CaseIterable {
        case cgroupfs, systemd
    }

    /// Of the specification that the container was made by.
    public var ociVersion: String
    public var id: String
    /// Absolute.
    public var bundle: String
    /// Absolute path of the root filesystem on the host.
    public var rootfs: String
    /// RFC 3339 in UTC.
    public var created: String
    /// The init process; pid 0, which is nobody, in a record written before the machine was started, or before there was one.
    public var identity: ProcessIdentity
    /// Absolute path of the directory on the host; empty: the container has no cgroup of its own.
    public var cgroupPath: String
    public var cgroupDriver: CgroupDriver
    public var hasOwnPIDNamespace: Bool
    /// Id of the container whose virtual machine it is in, its own if the machine was made for it; nil: it is in none.
    public var sandbox: String?
    public var isRootless: Bool
    public var annotations: [Annotation]
    public var poststart: [Hook]
    public var poststop: [Hook]
    /// The steps after the gate, in words.
    public var lateSteps: [String]
    /// Index in the plan of the first of `lateSteps`.
    public var lateStepBase: Int

    public init(
        ociVersion: String = SpecVersion.maximum, id: ContainerID, bundle: String, rootfs: String, created: String,
        identity: ProcessIdentity, cgroupPath: String = "", cgroupDriver: CgroupDriver = .cgroupfs, hasOwnPIDNamespace: Bool,
        sandbox: String? = nil, isRootless: Bool = false, annotations: [Annotation] = [], poststart: [Hook] = [], poststop: [Hook] = [],
        lateSteps: [String] = [], lateStepBase: Int = 0
    ) {
        self.ociVersion = ociVersion
        self.id = id.text
        self.bundle = bundle
        self.rootfs = rootfs
        self.created = created
        self.identity = identity
        self.cgroupPath = cgroupPath
        self.cgroupDriver = cgroupDriver
        self.hasOwnPIDNamespace = hasOwnPIDNamespace
        self.sandbox = sandbox
        self.isRootless = isRootless
        self.annotations = annotations
        self.poststart = poststart
        self.poststop = poststop
        self.lateSteps = lateSteps
        self.lateStepBase = lateStepBase
    }
}
