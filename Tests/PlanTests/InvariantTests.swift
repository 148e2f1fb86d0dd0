import Plan
import Spec
import Steps
import Testing

/// What holds for every plan, tried on many.
@Suite struct InvariantTests {
    @Test(arguments: 0..<400) func `a plan keeps the rules`(seed: UInt64) throws {
        var chance = Chance(seed)
        let trial = Trial(any: &chance)
        let plan = try trial.plan()
        try checkEnd(plan)
        try checkRoot(plan)
        checkSlots(plan)
        try checkFilter(plan, trial)
        #expect(plan.text == (try trial.plan()).text, "the same input gives the same plan")
        #expect(plan.lines.allSatisfy { !$0.isEmpty })
    }

    private func places(_ plan: LaunchPlan, _ isWanted: (Step) -> Bool) -> [Int] { plan.steps.indices.filter { isWanted(plan.steps[$0]) } }

    private func checkEnd(_ plan: LaunchPlan) throws {
        let gates = places(plan) { if case .waitAtGate = $0 { true } else { false } }
        let executions = places(plan) { if case .execute = $0 { true } else { false } }
        #expect(gates.count == 1)
        #expect(executions == [plan.steps.count - 1])
        let gate = try #require(gates.first)
        if case .await(.ready) = plan.steps[gate - 1] {} else { Issue.record("the parent must have answered before the gate") }
        if case .tellStart = plan.steps[plan.steps.count - 2] {} else { Issue.record("start must be told before execve") }
        for step in plan.steps[(gate + 1)...].dropLast(2) {
            if case .runHook = step {} else { Issue.record("after the gate: \(step)") }
        }
        let found = places(plan) { if case .findProgram = $0 { true } else { false } }
        let closed = places(plan) { if case .keepDescriptors = $0 { true } else { false } }
        let users = places(plan) { if case .becomeUser = $0 { true } else { false } }
        #expect(closed.count == 1 && found.count == 1 && users.count == 1)
        #expect(closed[0] < users[0] && users[0] < found[0] && found[0] < gate)
        let hidden = places(plan) { if case .becomeUndumpable = $0 { true } else { false } }
        #expect(hidden.count == 1)
        let umasks = plan.steps.compactMap { if case .setUmask(let mask) = $0 { mask } else { nil } }
        #expect(umasks.first == 0)
    }

    private func checkRoot(_ plan: LaunchPlan) throws {
        let entries = places(plan) { if case .enterRoot = $0 { true } else { false } }
        #expect(entries.count == 1)
        let entry = try #require(entries.first)
        let sources = places(plan) {
            switch $0 {
            case .openTree, .openMappedTree: true
            default: false
            }
        }
        let mounts = places(plan) {
            switch $0 {
            case .mount, .bind, .bindDevice, .makeDevice, .makeSymlink, .copyUp: true
            default: false
            }
        }
        let attached = try #require(places(plan) { if case .attachRoot = $0 { true } else { false } }.first)
        let staged = try #require(places(plan) { if case .attachStaging = $0 { true } else { false } }.first)
        #expect(staged < attached)
        #expect((sources.last ?? 0) < staged, "the host's paths are looked at before the container's root hides any")
        #expect(mounts.allSatisfy { $0 > attached && $0 < entry })
        let hidden = places(plan) {
            switch $0 {
            case .mask, .makeReadonly: true
            default: false
            }
        }
        let changes = places(plan) {
            switch $0 {
            case .mount, .bind, .bindDevice, .makeDevice, .makeSymlink, .makeDirectory, .openTerminal, .remountReadonly, .makeRootReadonly,
                .writeSysctl, .enterRoot, .openNullDevice:
                true
            default: false
            }
        }
        if let first = hidden.first { #expect(changes.allSatisfy { $0 < first }, "nothing is mounted or made after paths are hidden") }
        let user = try #require(places(plan) { if case .becomeUser = $0 { true } else { false } }.first)
        #expect(hidden.allSatisfy { $0 < user })
    }

    /// Every slot lies in the table, is filled before it is used, and a tree is mounted once.
    private func checkSlots(_ plan: LaunchPlan) {
        var filled: Set<Slot> = [.proc, .sync, .gate, .report, .hookOutput]
        filled.formUnion(plan.joins.map(\.slot))
        filled.formUnion(plan.ownCgroups)
        for state in [plan.createContainerState, plan.startContainerState] { if let state { filled.insert(state) } }
        #expect(
            filled.count == 5 + plan.joins.count + plan.ownCgroups.count
                + [plan.createContainerState, plan.startContainerState].compactMap { $0 }.count)
        var used: Set<Slot> = []
        func fill(_ slot: Slot) {
            #expect(slot.index >= 0 && slot.index < plan.slotCount)
            #expect(filled.insert(slot).inserted, "slot \(slot.index) is filled twice")
        }
        func use(_ slot: Slot) {
            #expect(slot.index >= 0 && slot.index < plan.slotCount)
            #expect(filled.contains(slot), "slot \(slot.index) is empty")
        }
        func take(_ slot: Slot) {
            use(slot)
            #expect(used.insert(slot).inserted, "slot \(slot.index) is used up twice")
        }
        for step in plan.steps {
            switch step {
            case .openTree(_, _, let slot), .openMappedTree(_, _, let slot): fill(slot)
            case .attachStaging:
                fill(.staging)
                fill(.emptyDirectory)
            case .openNullDevice: fill(.null)
            case .reopenNullStreams: use(.null)
            case .mask:
                use(.null)
                use(.emptyDirectory)
            case .joinNamespace(let slot, _, .mayRetry): use(slot)
            case .joinNamespace(let slot, _, .last): take(slot)
            case .attachRoot(let slot, _):
                use(.staging)
                take(slot)
            case .bind(let bind): take(bind.tree)
            case .bindDevice(let slot, _): take(slot)
            case .copyUp(let covered, let mounted, _):
                take(covered)
                use(mounted)
            case .remountReadonly(let slot, _): take(slot)
            case .mount(let mount):
                use(.staging)
                if let slot = mount.fallback { take(slot) }
                if let slot = mount.covered { fill(slot) }
                if let slot = mount.mounted { fill(slot) }
            case .runHook(let hook): use(hook.state)
            case .keepDescriptors(_, let slot): if let slot { use(slot) }
            default: break
            }
        }
    }

    private func checkFilter(_ plan: LaunchPlan, _ trial: Trial) throws {
        let loads = places(plan) { if case .loadFilter = $0 { true } else { false } }
        guard trial.request.filter != nil else { return #expect(loads.isEmpty) }
        let load = try #require(loads.first)
        #expect(loads.count == 1)
        let user = try #require(places(plan) { if case .becomeUser = $0 { true } else { false } }.first)
        let forbidden = places(plan) { if case .setNoNewPrivileges = $0 { true } else { false } }
        if trial.process.hasNoNewPrivileges {
            if case .await(.ready) = plan.steps[load + 1] {
            } else {
                Issue.record("between the filter and the gate: \(plan.steps[load + 1])")
            }
            #expect(forbidden.count == 1 && (forbidden.first ?? 0) < load)
        } else {
            #expect(load < user && forbidden.isEmpty)
        }
    }
}

/// SplitMix64: the same seed gives the same numbers everywhere.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func happens() -> Bool { next() & 1 == 0 }

    mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }

    mutating func some<T>(_ values: [T]) -> [T] { values.filter { _ in happens() } }
}

extension Trial {
    /// A configuration that is in order, with much or little in it.
    init(any chance: inout Chance) {
        self.init()
        addNamespaces(&chance)
        addMounts(&chance)
        addHooks(&chance)
        addProcess(&chance)
        addPaths(&chance)
        if chance.happens() {
            request.filter = FilterProgram(instructions: [UInt8](repeating: 0, count: 8), flags: 0, hasListener: chance.happens())
        }
        if chance.happens() { request.keyringName = "_ses.box" }
        if chance.happens() {
            request.preservedDescriptors = 3
            request.listenDescriptors = chance.pick([0, 2])
        }
        facts.isInUserNamespace = chance.pick([false, false, true])
        facts.uid = chance.pick([0, 0, 1000])
    }

    private mutating func addNamespaces(_ chance: inout Chance) {
        for kind in chance.some([Namespace.Kind.pid, .network, .ipc, .uts, .cgroup, .time]) {
            namespace(kind, chance.pick(["", "", "/ns/\(kind.rawValue)"]))
        }
        switch chance.pick([0, 1, 2]) {
        case 0: mapUsers()
        case 1: namespace(.user, "/ns/user")
        default: break
        }
        config.linux.namespaces.shuffle(using: &chance)
        let kinds = config.linux.namespaces.filter { $0.path.isEmpty }.map(\.kind)
        if kinds.contains(.time) && chance.happens() { config.linux.timeOffsets = [TimeOffset(.boottime, seconds: 1, nanoseconds: 0)] }
        if kinds.contains(.uts) { config.hostname = chance.pick(["", "h"]) }
        if kinds.contains(.network) && chance.happens() { config.linux.sysctl = [Annotation("net.ipv4.ip_forward", "1")] }
    }

    private mutating func addMounts(_ chance: inout Chance) {
        mount("/proc", "proc")
        if chance.happens() { mount("/dev", "tmpfs", chance.some(["ro", "nosuid"])) } else if chance.happens() { bind("/dev", "/dev") }
        for place in chance.some(["/a", "/a/b", "/c", "/d", "/etc/x"]) {
            switch chance.pick([0, 1, 2, 3]) {
            case 0: bind("/src" + place, place, chance.some(["ro", "rro", "nosuid", "rslave", "noatime"]))
            case 1: mount(place, "tmpfs", chance.some(["ro", "tmpcopyup", "size=1m", "rprivate"]))
            case 2: mount(place, "cgroup", chance.some(["ro", "nosuid"]))
            default: mount(place, "mqueue", chance.some(["nodev"]))
            }
        }
        for path in chance.some(["/dev/fuse", "/dev/null"]) {
            var device = Device(chance.pick([.character, .block, .fifo]), path: path)
            device.major = 10
            config.linux.devices.append(device)
        }
        config.root.isReadonly = chance.happens()
        request.rootChange = chance.pick([.pivot, .pivot, .move])
        facts.kernelMountPoints = ["/proc", "/sys"]
        config.linux.rootfsPropagation =
            request.rootChange == .move ? chance.pick([nil, .shared, .slave]) : chance.pick([nil] + Propagation.allCases)
    }

    private mutating func addHooks(_ chance: inout Chance) {
        for key in chance.some([\Hooks.prestart, \.createRuntime, \.createContainer, \.startContainer, \.poststart, \.poststop]) {
            config.hooks[keyPath: key] = chance.some([hook("/1"), hook("/2"), hook("/3")])
        }
    }

    private mutating func addProcess(_ chance: inout Chance) {
        process.hasTerminal = chance.happens()
        process.hasNoNewPrivileges = chance.happens()
        process.user.uid = chance.pick([0, 1000])
        process.user.additionalGids = chance.some([1, 2, 3])
        process.environment = chance.some(["HOME=/h", "PATH=/bin", "A=1"])
        process.arguments = [chance.pick(["sh", "/bin/sh"])]
        process.workingDirectory = chance.pick(["/", "/w/x"])
        if chance.happens() {
            var sets = Capabilities()
            sets.bounding = chance.some(["CAP_KILL", "CAP_SYS_ADMIN", "CAP_NONE"])
            process.capabilities = sets
        }
        if chance.happens() { process.scheduler = Scheduler() }
        if chance.happens() { config.linux.memoryPolicy = MemoryPolicy() }
        if chance.happens() { config.linux.personality = Personality(.linux32) }
    }

    private mutating func addPaths(_ chance: inout Chance) {
        config.linux.maskedPaths = chance.some(["/proc/kcore", "/sys/firmware", "/proc/kcore"])
        config.linux.readonlyPaths = chance.some(["/proc/sys", "/proc/bus"])
    }
}
