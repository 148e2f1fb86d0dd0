import Plan
import Spec
import Steps

/// One planning: the least config that can be planned, to be changed by a test.
struct Trial {
    var config = Config()
    var request = LaunchRequest()
    var facts = HostFacts()

    init() {
        var process = Process()
        process.arguments = ["/bin/true"]
        process.environment = ["HOME=/root"]
        process.workingDirectory = "/"
        config.ociVersion = "1.2.0"
        config.root.path = "rootfs"
        config.process = process
        config.linux.namespaces = [Namespace(.mount)]
        request.id = "box"
        facts.rootfs = "/b/rootfs"
        facts.bundle = "/b"
        facts.capabilities = 0x1ff_ffff_ffff
        facts.cgroupMountPoint = "/sys/fs/cgroup"
    }

    init(_ change: (inout Trial) -> Void) {
        self.init()
        change(&self)
    }

    var process: Process {
        get { config.process ?? Process() }
        set { config.process = newValue }
    }

    /// A new namespace for "", one to join for a path.
    mutating func namespace(_ kind: Namespace.Kind, _ path: String = "") { config.linux.namespaces.append(Namespace(kind, path: path)) }

    /// A new user namespace that maps 65536 ids.
    mutating func mapUsers() {
        namespace(.user)
        config.linux.uidMappings = [IDMapping(containerID: 0, hostID: 100000, size: 65536)]
        config.linux.gidMappings = config.linux.uidMappings
    }

    mutating func mount(_ destination: String, _ type: String, _ options: [String] = [], source: String = "") {
        var mount = Mount()
        mount.destination = destination
        mount.type = type
        mount.source = source
        mount.options = options
        config.mounts.append(mount)
    }

    mutating func bind(_ source: String, _ destination: String, _ options: [String] = []) {
        mount(destination, "bind", ["bind"] + options, source: source)
    }

    func plan() throws(PlanError) -> LaunchPlan {
        let plan = try Plan.plan(config, request, facts)
        // Steps point into the pool, and a test may keep them longer than the plan.
        _ = unsafe Unmanaged.passRetained(plan.pool)
        return plan
    }

    /// The steps in words.
    func lines() throws(PlanError) -> [String] { try plan().lines }

    /// The first step that `pick` takes.
    func first<T>(_ pick: (Step) -> T?) throws -> T? { try plan().steps.lazy.compactMap(pick).first }
}

extension LaunchPlan {
    var lines: [String] { steps.map { "\($0)" } }
}

func hook(_ path: String) -> Hook {
    var hook = Hook()
    hook.path = path
    hook.arguments = [path]
    return hook
}

/// The bytes that a plan keeps for the child.
func bytes(_ memory: CBytes) -> [UInt8] { (0..<memory.count).map { unsafe memory.pointer[$0] } }
