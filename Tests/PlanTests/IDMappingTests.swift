import Plan
import Spec
import Steps
import Testing

@Suite struct IDMappingTests {
    @Test func `maps and a new user namespace need each other`() {
        #expect(
            throws: PlanError("/linux/uidMappings", "user namespace mappings specified, but user namespace isn't enabled in the config")
        ) {
            try Trial { $0.config.linux.uidMappings = [IDMapping(containerID: 0, hostID: 0, size: 1)] }.plan()
        }
        #expect(
            throws: PlanError("/linux/uidMappings", "user namespace mappings specified, but user namespace isn't enabled in the config")
        ) {
            try Trial { $0.config.linux.gidMappings = [IDMapping(containerID: 0, hostID: 0, size: 1)] }.plan()
        }
        #expect(throws: PlanError("/linux/uidMappings", "a new user namespace needs mappings")) { try Trial { $0.namespace(.user) }.plan() }
        #expect(throws: PlanError("/linux/gidMappings", "a new user namespace needs mappings")) {
            try Trial {
                $0.mapUsers()
                $0.config.linux.gidMappings = []
            }.plan()
        }
    }

    @Test(arguments: [65535, 0] as [UInt32]) func `ids in the map are taken`(id: UInt32) throws {
        _ = try Trial {
            $0.mapUsers()
            $0.process.user.uid = id
            $0.process.user.gid = id
            $0.process.user.additionalGids = [id]
        }.plan()
    }

    @Test func `ids outside the map are refused by their field`() {
        let changes: [(String, (inout Trial) -> Void)] = [
            ("/process/user/uid", { $0.process.user.uid = 65536 }),
            ("/process/user/gid", { $0.process.user.gid = 65536 }),
            ("/process/user/additionalGids/1", { $0.process.user.additionalGids = [7, 65536] }),
        ]
        for (field, change) in changes {
            #expect(throws: PlanError(field, "id 65536 is not mapped in the user namespace")) {
                try Trial {
                    $0.mapUsers()
                    change(&$0)
                }.plan()
            }
        }
    }

    @Test func `id 0 must be mapped, for the set-up is its work`() {
        #expect(throws: PlanError("/linux/uidMappings", "id 0 is not mapped in the user namespace")) {
            try Trial {
                $0.mapUsers()
                $0.config.linux.uidMappings = [IDMapping(containerID: 1, hostID: 1000, size: 10)]
                $0.process.user.uid = 1
            }.plan()
        }
    }

    @Test func `a joined namespace's maps are its own`() throws {
        _ = try Trial {
            $0.namespace(.user, "/u")
            $0.process.user.uid = 4_000_000
        }.plan()
    }
}
