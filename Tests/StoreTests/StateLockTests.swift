import Kernel
import Store
import TestKit
import Testing

@Suite(.machineUnchanged) struct StateLockTests {
    private let box: ContainerID

    init() throws { box = try ContainerID("box") }

    /// flock(1) takes the lock and says so, then holds it until its input ends.
    private func holder(_ path: String) throws -> (program: Program, input: TestKit.Descriptor) {
        let input = try TestKit.Descriptor.pipe()
        let output = try TestKit.Descriptor.pipe()
        let program = try Program(
            Program.Request(
                ["flock", "--exclusive", path, "/bin/sh", "-c", "echo locked; read line"], environment: Scratch.required().environment,
                descriptors: [input.read, output.write]))
        input.read.close()
        #expect(try Stream(output.read).line() == "locked")
        return (program, input.write)
    }

    @Test func `a new container is locked until its maker lets go`() throws {
        let store = try testStore()
        let path = store.root + "/box"
        do {
            let directory = try store.create(box)
            #expect(try execute(["flock", "--nonblock", "--exclusive", path, "true"]).status == 1)
            #expect(throws: StoreError.refused("lock state directory", SyscallError("flock", path, .tryAgain))) {
                try store.open(box).lock(.shared, .refuses)
            }
            directory.unlock()
            #expect(try execute(["flock", "--nonblock", "--exclusive", path, "true"]).status == 0)
            try directory.lock(.exclusive)
        }
        #expect(try execute(["flock", "--nonblock", "--exclusive", path, "true"]).status == 0)
    }

    @Test func `the lock ends with the value, whoever has a copy of the descriptor`() throws {
        let store = try testStore()
        let path = store.root + "/box"
        // As a container's init has one, that waits to be started.
        func lockAndCopy() throws -> OwnedFD {
            let directory = try store.create(box)
            #expect(try execute(["flock", "--nonblock", "--exclusive", path, "true"]).status == 1)
            return try directory.descriptor.duplicate()
        }
        let copy = try lockAndCopy()
        #expect(try execute(["flock", "--nonblock", "--exclusive", path, "true"]).status == 0)
        #expect(isOpen(copy.raw))
    }

    @Test func `who waited for one that was removed is told that it is missing`() throws {
        let store = try testStore()
        _ = try store.create(box)
        let waiting = try store.open(box)
        try removeDirectory(store.root + "/box")
        #expect(throws: StoreError.missing) { try waiting.lock(.exclusive) }
        // A new one of the same name is another.
        _ = try store.create(box)
        #expect(throws: StoreError.missing) { try waiting.lock(.exclusive) }
        try store.open(box).lock(.exclusive)
    }

    @Test func `a lock held by another process is waited for`() throws {
        let store = try testStore()
        do { _ = try store.create(box) }
        let holder = try holder(store.root + "/box")
        let directory = try store.open(box)
        #expect(throws: StoreError.self) { try directory.lock(.exclusive, .refuses) }
        holder.input.close()
        try directory.lock(.exclusive)
        _ = try holder.program.wait()
    }

    @Test func `of many who create the same container one does`() async throws {
        let store = try testStore()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    do {
                        let directory = try store.create(ContainerID("box"))
                        try directory.save(record())
                        return true
                    } catch {
                        #expect(error as? StoreError == .exists)
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 1)
        #expect(try store.open(box).load() == record())
    }

    @Test func `of many who delete it each finds it whole or missing`() async throws {
        let store = try testStore()
        for _ in 0..<20 {
            do { try store.create(box).save(record()) }
            let removed = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            let directory = try store.open(ContainerID("box"))
                            try directory.lock(.exclusive)
                            #expect(try directory.load() == record())
                            try directory.remove()
                            return 1
                        } catch {
                            #expect(error as? StoreError == .missing)
                            return 0
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(removed == 1)
        }
        #expect(try store.list().isEmpty)
    }
}
