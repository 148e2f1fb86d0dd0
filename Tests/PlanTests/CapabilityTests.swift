import Plan
import Spec
import Steps
import Testing

@Suite struct CapabilityTests {
    private func trial(_ change: (inout Capabilities) -> Void) -> Trial {
        Trial {
            var sets = Capabilities()
            change(&sets)
            $0.process.capabilities = sets
        }
    }

    // linux/capability.h
    @Test func `names have the kernel's numbers`() {
        #expect(capabilityNames.first == "CAP_CHOWN")
        #expect(capabilityNames.firstIndex(of: "CAP_KILL") == 5)
        #expect(capabilityNames.firstIndex(of: "CAP_SYS_ADMIN") == 21)
        #expect(capabilityNames.firstIndex(of: "CAP_CHECKPOINT_RESTORE") == 40)
        #expect(Set(capabilityNames).count == capabilityNames.count)
    }

    @Test func `each set is its own mask`() throws {
        let all = trial {
            $0.bounding = ["CAP_CHOWN", "CAP_KILL", "CAP_CHECKPOINT_RESTORE"]
            $0.permitted = ["CAP_CHOWN", "CAP_KILL"]
            $0.effective = ["CAP_KILL"]
            $0.inheritable = ["CAP_NET_RAW"]
            $0.ambient = ["CAP_KILL"]
        }
        let lines = try all.lines()
        #expect(lines.contains("limit bounding set to 0x10000000021"))
        #expect(lines.contains("set capabilities effective 0x20, permitted 0x21, inheritable 0x2000"))
        #expect(lines.contains("raise ambient capabilities 0x20"))
        #expect(try all.plan().warnings.isEmpty)
    }

    @Test func `empty sets take everything`() throws {
        #expect(try trial { _ in }.lines().contains("limit bounding set to 0x0"))
    }

    // capset(2)
    @Test func `what is effective must be permitted`() throws {
        let lines = try trial {
            $0.effective = ["CAP_KILL", "CAP_CHOWN"]; $0.permitted = ["CAP_KILL"]
        }.lines()
        #expect(lines.contains("set capabilities effective 0x20, permitted 0x20, inheritable 0x0"))
    }

    // runtime-spec config.md: a warning, and no failure.
    @Test func `unknown names are left out with a warning`() throws {
        let plan = try trial { $0.bounding = ["CAP_KILL", "CAP_TIME_TRAVEL", "kill"] }.plan()
        #expect(plan.lines.contains("limit bounding set to 0x20"))
        #expect(
            plan.warnings == [
                "config.json: /process/capabilities/bounding: unknown capability CAP_TIME_TRAVEL ignored",
                "config.json: /process/capabilities/bounding: unknown capability kill ignored",
            ])
    }

    @Test func `those the runtime lacks are left out with a warning`() throws {
        var limited = trial { $0.permitted = ["CAP_KILL", "CAP_SYS_RESOURCE"] }
        limited.facts.capabilities = 0x20
        let plan = try limited.plan()
        #expect(plan.lines.contains("set capabilities effective 0x0, permitted 0x20, inheritable 0x0"))
        #expect(plan.warnings == ["config.json: /process/capabilities/permitted: CAP_SYS_RESOURCE is not available and ignored"])
    }

    @Test func `a user namespace gives all the kernel has`() throws {
        var mapped = trial { $0.permitted = ["CAP_SYS_RESOURCE", "CAP_CHECKPOINT_RESTORE"] }
        mapped.mapUsers()
        mapped.facts.capabilities = 0
        mapped.facts.lastCapability = 39
        let plan = try mapped.plan()
        #expect(plan.lines.contains("set capabilities effective 0x0, permitted 0x1000000, inheritable 0x0"))
        #expect(plan.warnings == ["config.json: /process/capabilities/permitted: CAP_CHECKPOINT_RESTORE is not available and ignored"])
    }
}
