import Spec
import Steps
import Testing

@testable import Plan

@Suite struct MountOptionsTests {
    /// Values of linux/mount.h.
    struct Effect: Sendable {
        var name: String
        var wanted: UInt64 = 0
        var cleared: UInt64 = 0
        var propagation: UInt64 = 0
        var recursiveSet: UInt64 = 0
        var recursiveClear: UInt64 = 0
    }

    // runtime-spec config.md, "Linux mount options": what each does to the flags of mount(2), and below to those of mount_setattr(2).
    static let flags: [(String, wanted: UInt64, cleared: UInt64)] = [
        ("async", 0, 16), ("atime", 0, 1024), ("dev", 0, 4), ("diratime", 0, 2048), ("dirsync", 128, 0), ("exec", 0, 8),
        ("iversion", 1 << 23, 0), ("lazytime", 1 << 25, 0), ("loud", 0, 1 << 15), ("mand", 64, 0), ("noatime", 1024, 0), ("nodev", 4, 0),
        ("nodiratime", 2048, 0), ("noexec", 8, 0), ("noiversion", 0, 1 << 23), ("nolazytime", 0, 1 << 25), ("nomand", 0, 64),
        ("norelatime", 0, 1 << 21), ("nostrictatime", 0, 1 << 24), ("nosuid", 2, 0), ("nosymfollow", 256, 0), ("relatime", 1 << 21, 0),
        ("remount", 32, 0), ("ro", 1, 0), ("rw", 0, 1), ("silent", 1 << 15, 0), ("strictatime", 1 << 24, 0), ("suid", 0, 2),
        ("symfollow", 0, 256),
        ("sync", 16, 0),
    ]

    static let propagations: [(String, UInt64)] = [
        ("private", 1 << 18), ("shared", 1 << 20), ("slave", 1 << 19), ("unbindable", 1 << 17), ("rprivate", 1 << 18 | 1 << 14),
        ("rshared", 1 << 20 | 1 << 14), ("rslave", 1 << 19 | 1 << 14), ("runbindable", 1 << 17 | 1 << 14),
    ]

    static let recursive: [(String, set: UInt64, clear: UInt64)] = [
        ("rro", 1, 0), ("rrw", 0, 1), ("rnosuid", 2, 0), ("rsuid", 0, 2), ("rnodev", 4, 0), ("rdev", 0, 4), ("rnoexec", 8, 0),
        ("rexec", 0, 8),
        ("rnodiratime", 0x80, 0), ("rdiratime", 0, 0x80), ("rnosymfollow", 0x200000, 0), ("rsymfollow", 0, 0x200000),
        // The kernel wants the whole access time mode cleared before another is set.
        ("rrelatime", 0, 0x70), ("rnorelatime", 0, 0x70), ("rnoatime", 0x10, 0x70), ("ratime", 0, 0x70), ("rstrictatime", 0x20, 0x70),
        ("rnostrictatime", 0, 0x70),
    ]

    static let effects =
        flags.map { Effect(name: $0.0, wanted: $0.wanted, cleared: $0.cleared) }
        + propagations.map { Effect(name: $0.0, propagation: $0.1) }
        + recursive.map { Effect(name: $0.0, recursiveSet: $0.set, recursiveClear: $0.clear) }

    @Test func `every name is known here`() {
        let own = Self.effects.map(\.name) + ["bind", "rbind", "defaults", "tmpcopyup", "idmap", "ridmap"]
        #expect(mountOptionNames == own.sorted())
    }

    @Test(arguments: effects) func `an option has its effect`(effect: Effect) {
        let options = MountOptions([effect.name])
        #expect(options.wanted == effect.wanted)
        #expect(options.cleared == effect.cleared)
        #expect(options.propagation == effect.propagation)
        #expect(options.recursiveSet == effect.recursiveSet)
        #expect(options.recursiveClear == effect.recursiveClear)
        #expect(options.data.isEmpty)
        #expect(!options.isBind)
    }

    @Test(arguments: [
        ("ro", "rw"), ("nosuid", "suid"), ("nodev", "dev"), ("noexec", "exec"), ("sync", "async"), ("noatime", "atime"),
        ("nodiratime", "diratime"),
        ("nosymfollow", "symfollow"), ("silent", "loud"), ("mand", "nomand"), ("iversion", "noiversion"), ("lazytime", "nolazytime"),
        ("relatime", "norelatime"), ("strictatime", "nostrictatime"),
    ])
    func `the later option wins`(on: String, off: String) {
        let flag = MountOptions([on]).wanted
        #expect(MountOptions([on, off]).wanted == 0)
        #expect(MountOptions([on, off]).cleared == flag)
        #expect(MountOptions([off, on]).wanted == flag)
        #expect(MountOptions([off, on]).cleared == 0)
    }

    @Test(arguments: [
        ("rro", "rrw"), ("rnosuid", "rsuid"), ("rnodev", "rdev"), ("rnoexec", "rexec"), ("rnodiratime", "rdiratime"),
        ("rnosymfollow", "rsymfollow"),
    ])
    func `the later recursive option wins`(on: String, off: String) {
        let flag = MountOptions([on]).recursiveSet
        let cleared = MountOptions([on, off])
        #expect(cleared.recursiveSet == 0 && cleared.recursiveClear == flag)
        let set = MountOptions([off, on])
        #expect(set.recursiveSet == flag && set.recursiveClear == 0)
    }

    @Test func `of the access time modes one is left`() {
        #expect(MountOptions(["noatime", "strictatime"]).wanted == 1 << 24)
        #expect(MountOptions(["strictatime", "relatime"]).wanted == 1 << 21)
        let recursive = MountOptions(["rstrictatime", "rnoatime"])
        #expect(recursive.recursiveSet == 0x10 && recursive.recursiveClear == 0x70)
    }

    @Test func `the last propagation is the one`() {
        #expect(MountOptions(["rshared", "slave"]).propagation == 1 << 19)
    }

    @Test func `bind and rbind differ in depth`() {
        let one = MountOptions(["bind"])
        #expect(one.isBind && !one.isRecursiveBind)
        let all = MountOptions(["rbind"])
        #expect(all.isBind && all.isRecursiveBind)
        #expect(!MountOptions(["bind", "rbind"]).hasFlags)
    }

    @Test func `idmap and ridmap differ in depth, and are no data`() {
        #expect(MountOptions(["idmap"]).idMap == .one)
        #expect(MountOptions(["ridmap"]).idMap == .all)
        #expect(MountOptions([]).idMap == nil)
        #expect(MountOptions(["idmap", "ridmap"]).data.isEmpty)
    }

    @Test func `defaults does nothing, not even as data`() {
        let options = MountOptions(["defaults"])
        #expect(!options.hasFlags && options.data.isEmpty && options.propagation == 0)
    }

    @Test func `what nobody knows is left to the file system`() {
        #expect(MountOptions(["size=64k", "ro", "mode=755", "acl"]).data == ["size=64k", "mode=755", "acl"])
    }
}
