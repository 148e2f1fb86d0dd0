import Systemd
import Testing

@Suite struct UnitNameTests {
    @Test func `without a path the unit is named after the container`() throws {
        let unit = try UnitName(cgroupsPath: "", id: "abc", of: .system)
        #expect(unit.text == "swiftrun-abc.scope")
        #expect(unit.slice == "system.slice")
        #expect(unit.kind == .scope)
        #expect(unit.levels == ["system.slice", "swiftrun-abc.scope"])
        #expect(try UnitName(cgroupsPath: "", id: "abc", of: .user).levels == ["user.slice", "swiftrun-abc.scope"])
    }

    @Test func `the path is slice, prefix and name`() throws {
        let unit = try UnitName(cgroupsPath: "kubepods-besteffort-pod1.slice:cri-containerd:x", id: "abc", of: .system)
        #expect(unit.text == "cri-containerd-x.scope")
        #expect(
            unit.levels == [
                "kubepods.slice", "kubepods-besteffort.slice", "kubepods-besteffort-pod1.slice", "cri-containerd-x.scope",
            ])
    }

    @Test func `an empty slice is the default one`() throws {
        #expect(try UnitName(cgroupsPath: ":libpod:x", id: "abc", of: .system).slice == "system.slice")
        #expect(try UnitName(cgroupsPath: ":libpod:x", id: "abc", of: .user).slice == "user.slice")
    }

    @Test func `the root slice adds no level`() throws {
        #expect(try UnitName(cgroupsPath: "-.slice:p:x", id: "abc", of: .system).levels == ["p-x.scope"])
    }

    @Test func `a name that ends like a slice is one`() throws {
        let unit = try UnitName(cgroupsPath: "a.slice:p:a-b.slice", id: "abc", of: .system)
        #expect(unit.kind == .slice)
        #expect(unit.text == "a-b.slice")
        #expect(unit.slice == "a.slice")
        #expect(unit.levels == ["a.slice", "a-b.slice"])
    }

    @Test func `an empty prefix leaves no dash`() throws {
        #expect(try UnitName(cgroupsPath: "a.slice::x", id: "abc", of: .system).text == "x.scope")
    }

    @Test func `what a unit's name cannot have is escaped`() throws {
        #expect(try UnitName(cgroupsPath: "", id: "a+b", of: .system).text == #"swiftrun-a\x2bb.scope"#)
        #expect(try UnitName(cgroupsPath: "a.slice:p:x/y", id: "abc", of: .system).text == #"p-x\x2fy.scope"#)
    }

    @Test(arguments: ["a", "/a/b", "a:b", "a:b:c:d", "a.slice:b:c:"])
    func `another number of parts is refused`(path: String) {
        #expect(
            throws: SystemdError.config(
                path: "/linux/cgroupsPath",
                problem: "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"\(path)\" instead")
        ) { try UnitName(cgroupsPath: path, id: "abc", of: .system) }
    }

    @Test(arguments: ["a", "a-.slice", "-a.slice", "a--b.slice", "a/b.slice", ".slice", "../x.slice", "a b.slice"])
    func `what is no slice is refused`(slice: String) {
        let error = #expect(throws: SystemdError.self) { try UnitName(cgroupsPath: slice + ":p:x", id: "abc", of: .system) }
        #expect(error?.description == "config.json: /linux/cgroupsPath: \"\(slice)\" is no name of a slice")
    }

    @Test func `a missing or too long name is refused`() {
        #expect(throws: SystemdError.self) { try UnitName(cgroupsPath: "a.slice:p:", id: "abc", of: .system) }
        let long = String(repeating: "x", count: 250)
        #expect(throws: SystemdError.self) { try UnitName(cgroupsPath: "a.slice:p:" + long, id: "abc", of: .system) }
    }

    @Test func `the unit is found again in the path of its cgroup`() throws {
        let unit = try #require(UnitName(cgroupPath: "/sys/fs/cgroup/a.slice/a-b.slice/p-x.scope"))
        #expect(unit == (try UnitName(cgroupsPath: "a-b.slice:p:x", id: "abc", of: .system)))
        let user = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/swiftrun-abc.scope"
        #expect(UnitName(cgroupPath: user) == (try UnitName(cgroupsPath: "", id: "abc", of: .user)))
        #expect(UnitName(cgroupPath: "/sys/fs/cgroup/a.slice/x") == nil)
        #expect(UnitName(cgroupPath: "/sys/fs/cgroup/p-x.scope")?.slice == "-.slice")
    }
}
