import Steps
import Testing

/// Every step has words: an error of the child consists of nothing else.
@Suite struct StepTextTests {
    private let pool = TextPool()

    private func text(_ string: String) -> CText {
        guard let text = pool.intern(string) else { preconditionFailure("a NUL in \(string)") }
        return text
    }

    private var all: [Step] {
        let list = pool.intern([text("a")])
        let room = pool.intern([UInt8(1), 2, 3, 4, 5, 6, 7, 8])
        let program = ProgramStep(name: text("sh"), candidates: list, arguments: list, environment: list)
        let hook = HookStep(
            kind: text("createContainer"), path: text("/h"), arguments: list, environment: list, state: .root, pidOffset: 0, timeout: 0)
        return [
            .joinNamespace(.root, type: 0x4000_0000, .mayRetry), .joinNamespace(.root, type: 0x4000_0000, .last), .fork(flags: 0),
            .fork(flags: 0x2000_0000),
            .unshare(flags: 0x80), .setTimeOffsets(text("boottime 0 0\n")), .await(.mapIDs), .await(.runRuntimeHooks), .await(.ready),
            .await(.setLimits), .joinProcess(.root, flags: 0x4000_0000), .openRoot, .setAffinity(room),
            .becomeUndumpable, .dieWithParent, .outliveParent, .newSession, .newKeyring(text("k")), .becomeRoot, .bringLoopbackUp,
            .setHostname(text("h")), .setDomainname(text("d")), .setPropagation(1 << 19), .setMountPropagation(text("/m"), 1 << 18),
            .openTree(text("/s"), .one, .root), .openTree(text("/s"), .all, .root), .openMappedTree(text("/s"), .one, .root),
            .openMappedTree(text("/s"), .all, .root), .attachStaging(text("/r")), .attachRoot(.root, text("/r")),
            .mount(MountStep(source: text("s"), target: text("/t"), type: text("tmpfs"), flags: 1, data: text("size=1"))),
            .bind(BindStep(tree: .root, target: text("/t"))),
            .makeDevice(DeviceStep(path: text("/d"), mode: 0o020666, major: 1, minor: 3, uid: 0, gid: 0)),
            .makeDevice(DeviceStep(path: text("/d"), mode: 0o060666, major: 8, minor: 0, uid: 0, gid: 0)),
            .makeDevice(DeviceStep(path: text("/d"), mode: 0o010666, major: 0, minor: 0, uid: 0, gid: 0)),
            .bindDevice(.root, DeviceStep(path: text("/d"), mode: 0o020666, major: 1, minor: 3, uid: 0, gid: 0)),
            .makeSymlink(to: text("a"), at: text("/b"), .keep), .copyUp(from: .root, into: .root, text("/c")), .openNullDevice,
            .runHook(hook), .enterRoot(.pivot), .enterRoot(.move), .coverMount(text("/proc")), .setRootPropagation(1 << 20),
            .reopenNullStreams,
            .makeDirectory(text("/w")), .openTerminal(TerminalStep(height: 0, width: 0, .none)),
            .openTerminal(TerminalStep(height: 24, width: 80, .mounted)),
            .remountReadonly(.root, text("/r")), .makeRootReadonly, .writeSysctl(text("sys/x"), text("1")), .makeReadonly(text("/r")),
            .mask(text("/m")),
            .setUmask(0o22), .setNoNewPrivileges, .setScheduler(room), .setIOPriority(0x4004), .setMemoryPolicy(mode: 2, room),
            .setPersonality(8),
            .setExecLabel(.apparmor, text("exec p")), .setExecLabel(.selinux, text("l")), .enterWorkingDirectory(text("/w"), .mayRetry),
            .enterWorkingDirectory(text("/w"), .last), .loadFilter(FilterStep(program: room, flags: 0, listener: .none)), .limitBounding(1),
            .keepCapabilities, .ownStreams(uid: 1), .setGroups(room, count: 2), .becomeUser(uid: 1, gid: 2),
            .setCapabilities(effective: 1, permitted: 2, inheritable: 4), .raiseAmbient(8), .findHome(uid: 1, room), .findProgram(program),
            .takeTerminal, .passDescriptor(.root, as: 3), .keepDescriptors(0, state: nil), .keepDescriptors(2, state: .root), .resetSignals,
            .waitAtGate, .tellStart, .execute(program),
            .executeHook(hook),
        ]
    }

    /// One number for each case: a new one has to be put here by whoever adds it, and then above.
    private func number(_ step: Step) -> Int {
        switch step {
        case .joinNamespace: 0
        case .fork: 1
        case .unshare: 2
        case .setTimeOffsets: 3
        case .await: 4
        case .becomeUndumpable: 5
        case .dieWithParent: 6
        case .outliveParent: 7
        case .newSession: 8
        case .newKeyring: 9
        case .becomeRoot: 10
        case .bringLoopbackUp: 11
        case .setHostname: 12
        case .setDomainname: 13
        case .setPropagation: 14
        case .setMountPropagation: 15
        case .openTree: 16
        case .attachRoot: 17
        case .mount: 18
        case .bind: 19
        case .makeDevice: 20
        case .bindDevice: 21
        case .makeSymlink: 22
        case .copyUp: 23
        case .attachStaging: 24
        case .openMappedTree: 64
        case .tellStart: 65
        case .openNullDevice: 25
        case .runHook: 26
        case .enterRoot: 27
        case .coverMount: 28
        case .setRootPropagation: 29
        case .reopenNullStreams: 30
        case .makeDirectory: 31
        case .openTerminal: 32
        case .remountReadonly: 33
        case .makeRootReadonly: 34
        case .writeSysctl: 35
        case .makeReadonly: 36
        case .mask: 37
        case .setUmask: 38
        case .setNoNewPrivileges: 39
        case .setScheduler: 40
        case .setIOPriority: 41
        case .setMemoryPolicy: 42
        case .setExecLabel: 43
        case .setPersonality: 44
        case .enterWorkingDirectory: 45
        case .loadFilter: 46
        case .limitBounding: 47
        case .keepCapabilities: 48
        case .ownStreams: 49
        case .setGroups: 50
        case .becomeUser: 51
        case .setCapabilities: 52
        case .raiseAmbient: 53
        case .findHome: 54
        case .findProgram: 55
        case .keepDescriptors: 56
        case .resetSignals: 57
        case .waitAtGate: 58
        case .execute: 59
        case .executeHook: 60
        case .joinProcess: 61
        case .openRoot: 62
        case .setAffinity: 63
        case .takeTerminal: 66
        case .passDescriptor: 67
        }
    }

    @Test func `every case is here`() {
        #expect(Set(all.map(number)) == Set(0...67))
    }

    @Test func `every step has words of its own`() {
        let lines = all.map { "\($0)" }
        #expect(lines.allSatisfy { !$0.isEmpty && !$0.contains("(Steps.") && !$0.contains("Optional") })
        // Links, labels and directories of one path are told apart by their subject alone.
        #expect(Set(lines).count == lines.count, "\(Dictionary(grouping: lines) { $0 }.filter { $1.count > 1 }.keys)")
    }

    @Test func `a step names its subject`() {
        #expect("\(Step.mask(text("/proc/kcore")))" == "mask /proc/kcore")
        var bind = BindStep(tree: .root, target: text("/t"))
        bind.set = 1 | 0x10
        bind.clear = 0x70 | 4
        bind.mustClear = 0x70 | 4
        bind.recursiveSet = 0x20
        bind.recursiveClear = 0x70 | 8
        bind.propagation = 1 << 19 | 1 << 14
        #expect("\(Step.bind(bind))" == "bind on /t (ro,noatime,no nodev,all strictatime,all no noexec,rslave)")
    }

    @Test func `a text with a NUL is none`() {
        #expect(pool.intern("a\u{0}b") == nil)
        #expect(pool.intern("").map { "\($0)" } == "")
    }

    @Test func `texts and bytes keep what was put in`() {
        #expect("\(text("grüße"))" == "grüße" && text("grüße").count == 7)
        #expect(pool.intern([text("a"), text(""), text("c")]).strings == ["a", "", "c"])
        let bytes = pool.intern([7, 0, 9] as [UInt8])
        #expect((0..<bytes.count).map { unsafe bytes.pointer[$0] } == [7, 0, 9])
        let room = pool.reserve(100)
        #expect((0..<room.count).allSatisfy { unsafe room.pointer[$0] == 0 })
    }
}
