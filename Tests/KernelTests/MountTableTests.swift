import Kernel
import TestKit
import Testing

@Suite struct MountTableTests {
    @Test func `the manual's example is read`() throws {
        // proc_pid_mountinfo(5).
        let table = MountTable(parsing: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n")
        let entry = try #require(table.entries.first)
        #expect(table.entries.count == 1)
        #expect((entry.id, entry.parent) == (36, 35))
        #expect(entry.device == DeviceNumber(major: 98, minor: 0))
        #expect((entry.root, entry.mountPoint) == ("/mnt1", "/mnt2"))
        #expect(entry.options == ["rw", "noatime"])
        #expect(entry.propagation == ["master:1"])
        #expect((entry.fileSystem, entry.source) == ("ext3", "/dev/root"))
        #expect(entry.superOptions == ["rw", "errors=continue"])
        #expect(!entry.isShared)
    }

    @Test func `optional fields may be none or many`() {
        let table = MountTable(parsing: """
            1 0 0:1 / / rw - tmpfs none rw
            2 1 0:2 / /a rw shared:7 master:3 propagate_from:2 unbindable - tmpfs none rw
            """)
        #expect(table.entries.map(\.propagation) == [[], ["shared:7", "master:3", "propagate_from:2", "unbindable"]])
        #expect(table.entries.map(\.isShared) == [false, true])
    }

    @Test func `escaped bytes are read back, everything else stays`() throws {
        let line = #"1 0 0:1 /a\134b /with\040blank\011tab\012line\043hash/\303\251 rw - fuse.my\040fs \134x rw,x=\040"#
        let entry = try #require(MountTable(parsing: line).entries.first)
        #expect(entry.root == #"/a\b"#)
        #expect(entry.mountPoint == "/with blank\ttab\nline#hash/é")
        #expect(entry.fileSystem == "fuse.my fs")
        #expect(entry.source == #"\x"#)
        #expect(entry.superOptions == ["rw", "x= "])
        #expect(MountTable(parsing: #"1 0 0:1 / /a\9z\04 rw - t s rw"#).entries.first?.mountPoint == #"/a\9z\04"#)
    }

    @Test func `an empty source and an accent at the start of a field do not shift the others`() {
        let table = MountTable(parsing: "1 0 0:1 / /a rw - tmpfs  rw\n2 1 0:2 / /b rw - tmpfs \u{301}x rw\n")
        #expect(table.entries.map(\.source.utf8.count) == [0, 3])
        #expect(table.entries.map(\.superOptions) == [["rw"], ["rw"]])
    }

    @Test(arguments: ["", "x", "1 0 0:1 / /a rw tmpfs none rw", "1 0 0 / /a rw - tmpfs none rw", "1 0 0:1 / /a rw - tmpfs", "a b c d e f - g h i"])
    func `a line that is none is left out`(line: String) {
        #expect(MountTable(parsing: line + "\n1 0 0:1 / / rw - tmpfs none rw").entries.count == 1)
    }

    @Test func `a path is in the nearest mount, of two at one place in the upper`() {
        let table = MountTable(parsing: """
            1 0 0:1 / / rw - ext4 a rw
            2 1 0:2 / /mnt rw - ext4 b rw
            3 2 0:3 / /mnt rw - ext4 c rw
            4 1 0:4 / /mntx rw - ext4 d rw
            """)
        #expect(table.mount(containing: "/mnt/x")?.id == 3)
        #expect(table.mount(containing: "/mnty")?.id == 1)
        #expect(table.mounts(ofType: "ext4").count == 4)
        #expect(table.mounts(ofType: "ext").isEmpty)
    }

    @Test func `this machine's table is read whole`() throws {
        let table = try MountTable.current()
        #expect(table.entries.count == mountTable().count)
        #expect(table.mount(containing: "/proc/self")?.fileSystem == "proc")
    }
}
