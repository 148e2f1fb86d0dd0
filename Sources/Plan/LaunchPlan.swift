public import Spec
public import Steps

/// All that a launch will do, decided: what the parent prepares, and the child's steps from clone to exec.
public struct LaunchPlan {
    /// Owns the text that the steps point to.
    public let pool: TextPool
    /// CLONE_NEW* flags of the first clone.
    public var cloneFlags: UInt64 = 0
    /// Namespaces to open before the clone, in the order they are joined.
    public var joins: [NamespaceJoin] = []
    /// The slot of the process whose namespaces are joined; nil: a new container.
    public var target: Slot?
    /// nil: no new user namespace.
    public var idMaps: IDMaps?
    public var steps: [Step] = []
    /// How many slots the steps use.
    public var slotCount = Slot.firstFree
    /// Files with the state for hooks inside the container.
    public var createContainerState: Slot?
    public var startContainerState: Slot?
    /// How many descriptors from 3 on the program is to have.
    public var passedDescriptors: UInt32 = 0
    public var rlimits: [Rlimit] = []
    /// The host's uid that pipes among the standard streams are to belong to; nil: the child sees to it itself.
    public var streamOwner: UInt32?
    /// Bind mounts whose owners are mapped, which takes rights over the host: the parent does it to the trees of the child.
    public var mappedSources: [MappedSource] = []
    /// Slots that get a detached copy of the container's own cgroup; none of them does if it has none.
    public var ownCgroups: [Slot] = []
    /// nil: left as it is.
    public var oomScoreAdj: Int32?
    /// What a careful user wants to know.
    public var warnings: [String] = []

    init(pool: TextPool) { self.pool = pool }

    /// The steps after the gate: what may fail in `start`.
    public var lateSteps: ArraySlice<Step> {
        let gate = steps.firstIndex { if case .waitAtGate = $0 { true } else { false } }
        return gate.map { steps[($0 + 1)...] } ?? []
    }
}

/// A namespace to join by path.
public struct NamespaceJoin: Hashable, Sendable {
    public var kind: Namespace.Kind
    public var path: String
    /// CLONE_NEW*.
    public var type: Int32
    public var slot: Slot
    /// The field of config.json that names it.
    public var field: String
}

/// The id maps of a new user namespace.
public struct IDMaps: Hashable, Sendable {
    public var uids: [IDMapping]
    public var gids: [IDMapping]

    public init(uids: [IDMapping], gids: [IDMapping]) {
        self.uids = uids
        self.gids = gids
    }
}

/// A bind mount's source that is shown with other owners. mount_setattr(2), MOUNT_ATTR_IDMAP.
public struct MappedSource: Hashable, Sendable {
    public enum Reach: Hashable, Sendable { case one, all }

    public var path: String
    /// Whether mounts below it are mapped as well.
    public var mapped: Reach
    public var maps: IDMaps
    public var slot: Slot
    /// The mount's field of config.json.
    public var field: String
}
