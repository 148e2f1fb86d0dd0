import Kernel
import Store
import TestKit
import Testing

@Suite(.machineUnchanged) struct StoreTests {
    private let box: ContainerID

    init() throws { box = try ContainerID("box") }

    @Test func `a container's directory is made below a root of its own`() throws {
        let store = try testStore()
        let directory = try store.create(box)
        #expect(try status(of: store.root).permissions == 0o700)
        #expect(try status(of: store.root + "/box").permissions == 0o711)
        #expect(try status(of: directory.descriptor).isSameFile(as: status(of: store.root + "/box")))
        #expect(throws: StoreError.exists) { _ = try store.create(box) }
        #expect(try store.open(box).id == box)
    }

    @Test func `what is not there is missing`() throws {
        let store = try testStore()
        #expect(throws: StoreError.missing) { _ = try store.open(box) }
        let directory = try store.create(box)
        #expect(throws: StoreError.missing) { _ = try store.open(ContainerID("other")) }
        // Made, and nothing saved.
        #expect(throws: StoreError.missing) { _ = try directory.load() }
    }

    @Test func `a root that cannot be made is an error of its own, not an id that is taken`() throws {
        let store = try testStore()
        try Files.makeDirectory(Scratch.required().directory + "/containers")
        try Files.write(store.root, "")
        let error = #expect(throws: StoreError.self) { _ = try store.create(box) }
        #expect(error == .refused("make root directory \(store.root)", SyscallError("mkdir", store.root, .exists)))
        #expect(throws: StoreError.self) { _ = try store.open(box) }
    }

    @Test func `only directories with the name of a container are listed, in order`() throws {
        let store = try testStore()
        #expect(throws: StoreError.refused("list root directory \(store.root)", SyscallError("open", store.root, .noEntry))) { try store.list() }
        for id in ["b", "a", "B", "a.b", "a-b"] { _ = try store.create(ContainerID(id)) }
        try Files.write(store.root + "/file", "")
        try Files.makeDirectory(store.root + "/.hidden")
        try Files.makeDirectory(store.root + "/with blank")
        try Files.makeSymlink(store.root + "/link", to: "a")
        #expect(try store.list().map(\.text) == ["B", "a", "a-b", "a.b", "b"])
    }

    @Test func `a removal takes along whatever flat files there are`() throws {
        let store = try testStore()
        let directory = try store.create(box)
        try directory.save(record())
        try Files.makeFifo(store.root + "/box/gate")
        try Files.makeFifo(store.root + "/box/report")
        try Files.write(store.root + "/box/.record.json", "half")
        try Files.write(store.root + "/outside", "stays")
        try Files.makeSymlink(store.root + "/box/link", to: "../outside")
        try directory.remove()
        #expect(Files.entries(store.root) == ["outside"])
        #expect(throws: StoreError.missing) { _ = try store.open(box) }
        // Again is no error: it is gone.
        try directory.remove()
        #expect(throws: StoreError.missing) { try directory.save(record()) }
        #expect(Files.entries(store.root) == ["outside"])
    }

    @Test func `a removal that fails leaves the record, so that it can be tried again`() throws {
        // A tmpfs, which state lies on, lists the newest name first: the record.
        let store = try Store(root: "/dev/shm/" + Scratch.required().name)
        defer { #expect(throws: Never.self) { try Files.remove(store.root) } }
        let directory = try store.create(box)
        try Files.makeDirectory(store.root + "/box/directory/inner")
        try directory.save(record())
        let error = #expect(throws: StoreError.self) { try directory.remove() }
        #expect(error == .refused("remove state directory \(store.root)/box", SyscallError("unlink", "inner", .isDirectory)))
        #expect(try directory.load() == record())
        try removeDirectory(store.root + "/box/directory/inner")
        try directory.remove()
        #expect(Files.entries(store.root).isEmpty)
    }

    @Test func `the removal of one that is gone does not touch the next of its name`() throws {
        let store = try testStore()
        let old = try store.create(box)
        try old.remove()
        let new = try store.create(box)
        try new.save(record())
        try old.remove()
        #expect(try new.load() == record())
        #expect(throws: StoreError.missing) { try old.lock(.shared) }
        // Nor if ours was only moved away.
        try rename(store.root + "/box", to: store.root + "/moved")
        _ = try store.create(box)
        try new.remove()
        #expect(try store.list().map(\.text) == ["box", "moved"])
    }

    @Test func `a draft left by a save that was killed is in nobody's way`() throws {
        let store = try testStore()
        let directory = try store.create(box)
        try Files.write(store.root + "/box/.record.json", "half a rec")
        try directory.save(record())
        #expect(Files.entries(store.root + "/box") == ["record.json"])
        #expect(try status(of: store.root + "/box/record.json").permissions == 0o600)
    }

    @Test func `a save is whole at any moment`() throws {
        let store = try testStore()
        let directory = try store.create(box)
        try directory.save(record())
        let held = try open(store.root + "/box/record.json", .readOnly)
        let before = try readText(held)
        try directory.save(fullRecord())
        // The old file is as it was: the new one took its name.
        #expect(String(decoding: try readFromStart(held), as: UTF8.self) == before)
        #expect(try directory.load() == fullRecord())
    }

    @Test(.enabled(if: Host.isRoot, "needs root")) func `a directory of somebody else is not believed`() throws {
        let store = try testStore()
        try store.create(box).save(record())
        let path = store.root + "/box"
        try Files.changeOwner(path, uid: 1000, gid: 1000)
        let error = #expect(throws: StoreError.self) { _ = try store.open(box) }
        #expect(error.map { "\($0)" } == "\(path): belongs to uid 1000, not to 0")
    }

    @Test(arguments: [0o731, 0o713, 0o777]) func `a directory that others can write to is not believed`(mode: UInt32) throws {
        let store = try testStore()
        try store.create(box).save(record())
        let path = store.root + "/box"
        try Files.changeMode(path, mode)
        let error = #expect(throws: StoreError.self) { _ = try store.open(box) }
        #expect(error.map { "\($0)" } == "\(path): is writable by others, with mode 0\(String(mode, radix: 8))")
    }

    @Test func `a symlink is no container`() throws {
        let store = try testStore()
        try store.create(box).save(record())
        try Files.makeSymlink(store.root + "/alias", to: "box")
        let error = #expect(throws: StoreError.self) { _ = try store.open(ContainerID("alias")) }
        #expect(error == .refused("open state directory \(store.root)/alias", SyscallError("openat2", "alias", .loop)))
    }

    @Test func `a record that is no file is neither followed nor waited for`() throws {
        let store = try testStore()
        let directory = try store.create(box)
        let path = store.root + "/box/record.json"
        try Files.makeSymlink(path, to: "/etc/passwd")
        #expect(throws: StoreError.self) { try directory.load() }
        try removeFile(path)
        try Files.makeFifo(path)
        let error = #expect(throws: StoreError.self) { try directory.load() }
        #expect(error == .refused("load \(path)", SyscallError("open", "no regular file", .invalid)))
        // A save puts a record in its place.
        try directory.save(record())
        #expect(try directory.load() == record())
    }

    @Test func `a failed create leaves no directory`() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            let store = Store(root: scratch.directory + "/containers")
            let id = try ContainerID("box")
            _ = try store.create(ContainerID("first"))
            // Descriptors for the root directory and none for the container's.
            var next = try open("/", .path).release()
            try setLimit(.openFiles, to: Limit(soft: UInt64(next) + 2, hard: limit(.openFiles).hard))
            let error = #expect(throws: StoreError.self) { _ = try store.create(id) }
            guard case .refused(_, let refusal)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(refusal.errno == .tooManyFiles)
            try setLimit(.openFiles, to: Limit(soft: 256, hard: limit(.openFiles).hard))
            #expect(try store.list().map(\.text) == ["first"])
            next = 0
            try Files.remove(scratch.directory)
        }
    }
}
