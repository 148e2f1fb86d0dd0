import Cgroups
import Kernel
import Spec
import TestKit
import Testing

private let all: DeviceRule.Access = [.mknod, .read, .write]

private func allow(_ kind: DeviceRule.Kind, _ major: UInt32? = nil, _ minor: UInt32? = nil, _ access: DeviceRule.Access = all) -> DeviceRule
{
    DeviceRule(isAllowed: true, kind: kind, major: major, minor: minor, access: access)
}

private func deny(_ kind: DeviceRule.Kind, _ major: UInt32? = nil, _ minor: UInt32? = nil, _ access: DeviceRule.Access = all) -> DeviceRule
{
    DeviceRule(isAllowed: false, kind: kind, major: major, minor: minor, access: access)
}

private func allows(_ rules: [DeviceRule], _ kind: DeviceRule.Kind, _ major: UInt32, _ minor: UInt32, _ access: DeviceRule.Access) throws
    -> Bool
{
    allows(try DeviceProgram(rules).instructions, DeviceRequest(kind, major, minor, access))
}

/// Decisions are those cgroup v1 takes (Documentation/admin-guide/cgroup-v1/devices.rst) after the same lines.
@Suite struct DeviceTests {
    @Test(arguments: [[], [deny(.all)], [allow(.all), deny(.all)]])
    func `what nothing allows is denied`(rules: [DeviceRule]) throws {
        #expect(try !allows(rules, .block, 8, 0, .read))
        #expect(try !allows(rules, .character, 1, 11, .read))
    }

    @Test(
        arguments: [
            (1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2), (136, 0), (136, 4711), (10, 200),
        ] as [(UInt32, UInt32)])
    func `the devices every container has are allowed after any list`(major: UInt32, minor: UInt32) throws {
        let denials = [deny(.character, major, major == 136 ? nil : minor)]
        for rules in [[], [deny(.all)], denials, [allow(.all)] + denials] {
            #expect(try allows(rules, .character, major, minor, all), "\(rules)")
        }
        #expect(try !allows([], .block, major, minor, .read))
    }

    @Test func `any node can be made, and not opened`() throws {
        for kind in [DeviceRule.Kind.block, .character] {
            #expect(try allows([deny(.all)], kind, 8, 1, .mknod))
            #expect(try !allows([deny(.all)], kind, 8, 1, [.mknod, .read]))
            #expect(try !allows([deny(.all)], kind, 8, 1, .read))
        }
    }

    @Test func `a console of the host's is no default`() throws { #expect(try !allows([], .character, 5, 1, .read)) }

    @Test func `an allowed device is that kind, number and access only`() throws {
        let rules = [deny(.all), allow(.block, 8, 1, [.read])]
        #expect(try allows(rules, .block, 8, 1, .read))
        #expect(try allows(rules, .block, 8, 1, .mknod))
        #expect(try !allows(rules, .block, 8, 1, .write))
        #expect(try !allows(rules, .block, 8, 1, [.read, .write]))
        #expect(try !allows(rules, .block, 8, 2, .read))
        #expect(try !allows(rules, .block, 9, 1, .read))
        #expect(try !allows(rules, .character, 8, 1, .read))
    }

    @Test func `a missing number is every number`() throws {
        #expect(try allows([allow(.block, 8)], .block, 8, 4711, all))
        #expect(try !allows([allow(.block, 8)], .block, 9, 0, .read))
        #expect(try allows([allow(.block, nil, 7)], .block, 4711, 7, all))
        #expect(try !allows([allow(.block, nil, 7)], .block, 7, 8, .read))
        #expect(try allows([allow(.block)], .block, 1, 1, all))
        #expect(try !allows([allow(.block)], .character, 1, 1, .read))
    }

    @Test func `numbers above 2^31 are compared whole`() throws {
        let rules = [allow(.block, 0xffff_fffe, 0x8000_0000)]
        #expect(try allows(rules, .block, 0xffff_fffe, 0x8000_0000, all))
        #expect(try !allows(rules, .block, 0xffff_ffff, 0x8000_0000, .read))
        #expect(try !allows(rules, .block, 0xffff_fffe, 0, .read))
    }

    @Test func `accesses of the same device add up and are taken back one by one`() throws {
        let both = [allow(.block, 8, 1, .read), allow(.block, 8, 1, .write)]
        #expect(try allows(both, .block, 8, 1, [.read, .write]))
        #expect(try !allows(both + [deny(.block, 8, 1, .write)], .block, 8, 1, .write))
        #expect(try allows(both + [deny(.block, 8, 1, .write)], .block, 8, 1, .read))
    }

    @Test func `allowing everything forgets what was before, and denies what comes after`() throws {
        #expect(try allows([deny(.all), allow(.all)], .block, 8, 1, all))
        let rules = [deny(.block, 8, 1), allow(.all), deny(.block, 8, 2, .write)]
        #expect(try allows(rules, .block, 8, 1, all))
        #expect(try allows(rules, .block, 8, 2, .read))
        #expect(try !allows(rules, .block, 8, 2, .write))
        #expect(try allows(rules, .block, 8, 3, .write))
    }

    @Test func `a denied access is denied together with others too`() throws {
        #expect(try !allows([allow(.all), deny(.block, 8, 2, .write)], .block, 8, 2, [.read, .write]))
    }

    @Test func `order decides between the same rules`() throws {
        #expect(try !allows([allow(.block, 8, 1), deny(.block, 8, 1)], .block, 8, 1, .read))
        #expect(try allows([deny(.block, 8, 1), allow(.block, 8, 1)], .block, 8, 1, .read))
    }

    @Test func `a hole in a wider rule is refused by its place in the list`() {
        let error = #expect(throws: CgroupsError.self) { try DeviceProgram([allow(.block, 8), deny(.block, 8, 1)]) }
        #expect(
            error?.description
                == "config.json: /linux/resources/devices/1: cannot take b 8:1 back: an earlier rule is for all of b 8:*")
        #expect(throws: CgroupsError.self) { try DeviceProgram([allow(.block), deny(.block, 8)]) }
        #expect(throws: CgroupsError.self) { try DeviceProgram([allow(.all), deny(.block, nil, 3), allow(.block, 1, 3)]) }
        #expect(throws: Never.self) { try DeviceProgram([allow(.block, 8, nil, .read), deny(.block, 8, 1, .write)]) }
    }

    @Test func `a rule without any access is refused`() {
        let error = #expect(throws: CgroupsError.self) { try DeviceProgram([allow(.block, 8, 1, [])]) }
        #expect(error?.description == "config.json: /linux/resources/devices/0/access: must not be empty")
    }

    @Test func `only a list that denies nothing allows everything`() throws {
        #expect(try DeviceProgram([allow(.all)]).allowsEverything)
        #expect(try !DeviceProgram([]).allowsEverything)
        #expect(try !DeviceProgram([allow(.all), deny(.block, 8, 1)]).allowsEverything)
    }
}

@Suite(.serialized, .enabled(if: Site.isUsable, "needs a cgroup2 mount it may write to"), .machineUnchanged, .timeLimit(.minutes(1)))
struct DeviceAttachmentTests {
    /// Opens devices by nodes of its own: c 1:5 (zero) and c 1:11 (kmsg), of which only the first is a default.
    private func outcomes(_ site: Site) throws -> [Int32] {
        let directory = try Scratch.required().directory
        return try [(1, 5), (1, 11)].map { major, minor in
            let node = directory + "/\(major)-\(minor)"
            return try shell(in: site.placement.path, "rm -f \(node); mknod \(node) c \(major) \(minor) && exec 3<\(node)").status
        }
    }

    @Test func `the kernel takes the program and decides by it`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try cgroup.attach(DeviceProgram([allow(.all)]))
            #expect(try outcomes(site) == [0, 0])
            try cgroup.attach(DeviceProgram([deny(.all)]))
            #expect(try outcomes(site) == [0, 2])
        }
    }

    @Test func `a program takes the place of the one before`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try cgroup.attach(DeviceProgram([]))
            try cgroup.attach(DeviceProgram([allow(.character, 1, 11)]))
            #expect(try outcomes(site) == [0, 0])
            try cgroup.attach(DeviceProgram([]))
            #expect(try outcomes(site) == [0, 2])
            try cgroup.attach(DeviceProgram([allow(.all)]))
            #expect(try outcomes(site) == [0, 0])
        }
    }

    @Test func `a long list is taken whole`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let rules = (0..<2000).map { allow(.block, 200, UInt32($0), $0.isMultiple(of: 2) ? all : [.read]) }
            let program = try DeviceProgram(rules)
            try cgroup.attach(program)
            #expect(allows(program.instructions, DeviceRequest(.block, 200, 1998, all)))
            #expect(!allows(program.instructions, DeviceRequest(.block, 200, 1999, .write)))
        }
    }
}
