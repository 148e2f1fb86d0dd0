import Kernel
import Spec
import Store
import TestKit
import Testing

@Suite(.machineUnchanged) struct RecordTests {
    @Test func `what is saved is loaded, all of it`() throws {
        let store = try testStore()
        let full = try fullRecord()
        let directory = try store.create(ContainerID("box"))
        try directory.save(full)
        let loaded = try store.open(ContainerID("box")).load()
        #expect(loaded == full)
        #expect(loaded.annotations.map { Array($0.key.utf8) } == full.annotations.map { Array($0.key.utf8) })
        #expect(loaded.poststart.map(\.environment) == [[], ["A=b", "C"]])
    }

    @Test func `the document has a format's number and no status`() throws {
        let store = try testStore()
        try store.create(ContainerID("box")).save(record())
        let text = Files.text(store.root + "/box/record.json")
        #expect(text.hasPrefix(#"{"format":1,"#))
        #expect(!text.contains("status"))
        #expect(text.contains(#""boot":"\#(Files.text("/proc/sys/kernel/random/boot_id").dropLast())""#))
    }

    @Test func `large annotations are kept`() throws {
        var large = try record()
        large.annotations = (0..<8).map { Annotation("key \($0)", String(repeating: "\u{7f}", count: 1 << 17)) }
        let store = try testStore()
        try store.create(ContainerID("box")).save(large)
        #expect(try store.open(ContainerID("box")).load() == large)
    }

    @Test(arguments: [
        (#"{"format":1"#, #"{"format":2"#, "/format: written by a swiftrun of another version: this one reads 1"),
        (#"{"format":1,"#, "{", "/format: is required"),
        (#"{"format":1"#, #"{"format":"1""#, "/format: must be an integer from 0 to 9223372036854775807, found 1"),
        (#""id":"box""#, #""id":"other""#, "/id: must be \"box\", found \"other\""),
        (#""pid":1,"#, #""pid":-1,"#, "/init/pid: must be an integer from 0 to 2147483647, found -1"),
        (#""pid":1,"#, #""pid":4294967297,"#, "/init/pid: must be an integer from 0 to 2147483647, found 4294967297"),
        (#""pid":1,"#, #""pid":1.0,"#, "/init/pid: must be an integer from 0 to 2147483647, found 1.0"),
        (#""pid":1,"#, "", "/init/pid: is required"),
        (#""startTime":1,"#, #""startTime":-1,"#, "/init/startTime: must be an integer from 0 to 18446744073709551615, found -1"),
        (#""isRootless":false"#, #""sandbox":"../pod","isRootless":false"#, "/sandbox: must be a container's id, found \"../pod\""),
        (#""bundle":"/bundle""#, #""bundle":"bundle""#, "/bundle: must be an absolute path, found \"bundle\""),
        (#""rootfs":"/bundle/rootfs""#, #""rootfs":"a\u0000b""#, "/rootfs: contains a NUL byte"),
        (#""path":"""#, #""path":"/sys/fs/cgroup/../..""#, "/cgroup/path: must be empty or a clean absolute path, found \"/sys/fs/cgroup/../..\""),
        (#""path":"""#, #""path":"/""#, "/cgroup/path: must be empty or a clean absolute path, found \"/\""),
        (#""driver":"cgroupfs""#, #""driver":"none""#, "/cgroup/driver: must be one of cgroupfs, systemd, found \"none\""),
        (#""isRootless":false"#, #""isRootless":0"#, "/isRootless: must be true or false, found 0"),
        (#""annotations":{}"#, #""annotations":[]"#, "/annotations: must be an object, found an array"),
        (#""annotations":{}"#, #""annotations":{"a":1}"#, "/annotations/a: must be a string, found 1"),
        (#""poststop":[]"#, #""poststop":[{"path":"x","args":[]}]"#, "/hooks/poststop/0/path: must be an absolute path, found \"x\""),
        (#""poststop":[]"#, #""poststop":[{"path":"/x","args":[],"timeout":0}]"#, "/hooks/poststop/0/timeout: must be an integer from 1 to 4294967295, found 0"),
        (#""texts":[]"#, #""texts":{}"#, "/lateSteps/texts: must be an array, found an object"),
    ])
    func `a record that says something else is not believed`(good: String, bad: String, problem: String) throws {
        let store = try testStore()
        let path = store.root + "/box/record.json"
        let directory = try store.create(ContainerID("box"))
        try directory.save(record())
        let text = Files.text(path)
        let place = try #require(text.firstRange(of: good))
        try Files.write(path, text.replacingCharacters(in: place, with: bad))
        let error = #expect(throws: StoreError.self) { try directory.load() }
        #expect(error.map { "\($0)" } == "record.json: \(problem.replacing("found 1", with: bad.contains("\"1\"") ? "found \"1\"" : "found 1"))")
    }

    @Test(arguments: ["", "\n", "null", "[]", "{}", "x", "\u{0}", #"{"format":1}"#, #"{"format":1,"id":"box""#])
    func `what is no record is an error, not a trap`(text: String) throws {
        let store = try testStore()
        let directory = try store.create(ContainerID("box"))
        try Files.write(store.root + "/box/record.json", text)
        let error = #expect(throws: StoreError.self) { try directory.load() }
        #expect(error.map { "\($0)".hasPrefix("record.json: ") } == true)
    }

    @Test func `a record cut anywhere is an error`() throws {
        let store = try testStore()
        let path = store.root + "/box/record.json"
        let directory = try store.create(ContainerID("box"))
        try directory.save(fullRecord())
        let bytes = try #require(Files.read(path))
        for count in 0..<(bytes.count - 2) {
            try Files.write(path, Array(bytes[..<count]))
            #expect(throws: StoreError.self) { try directory.load() }
        }
    }

    @Test func `members that later versions add are passed over`() throws {
        let store = try testStore()
        let path = store.root + "/box/record.json"
        let directory = try store.create(ContainerID("box"))
        try directory.save(record())
        try Files.write(path, #"{"new":{"deep":[1]},"# + Files.text(path).dropFirst())
        #expect(try directory.load() == record())
    }

    @Test func `a record of another boot is of nobody`() throws {
        let store = try testStore()
        let path = store.root + "/box/record.json"
        let directory = try store.create(ContainerID("box"))
        var record = try record("box", ProcessIdentity(of: ownPID()))
        record.cgroupPath = "/sys/fs/cgroup/box"
        try directory.save(record)
        #expect(try directory.load().identity.isAlive())
        let boot = Files.text("/proc/sys/kernel/random/boot_id").dropLast()
        try Files.write(path, Files.text(path).replacing(boot, with: "5a1c7d1e-0000-4000-8000-000000000000"))
        let identity = try directory.load().identity
        #expect(try !identity.isAlive())
        #expect(identity.pid == 0)
        #expect(try directory.load().cgroupPath == "", "a cgroup of that name is another's")
    }

    @Test func `what a broken-off making left is apart from a record`() throws {
        let directory = try testStore().create(ContainerID("box"))
        let unfinished = try record("box", ProcessIdentity(pid: 0, startTime: 0))
        for progress in StateDirectory.Progress.allCases {
            #expect(try directory.load(progress) == nil)
            try directory.save(unfinished, progress)
            #expect(throws: StoreError.missing) { try directory.load() }
            #expect(try directory.load(progress) == unfinished)
        }
        try directory.save(unfinished)
        #expect(try directory.load() == unfinished)
        for progress in StateDirectory.Progress.allCases { #expect(try directory.load(progress) == nil) }
    }

    @Test func `a pid that was given to another process is not alive`() throws {
        let store = try testStore()
        let program = try sleeper()
        let own = try ProcessIdentity(of: program.pid)
        let directory = try store.create(ContainerID("box"))
        try directory.save(record("box", ProcessIdentity(pid: own.pid, startTime: own.startTime - 1)))
        #expect(try !directory.load().identity.isAlive())
        try directory.save(record("box", own))
        #expect(try directory.load().identity.isAlive())
        program.send(9)
        _ = try program.wait()
        #expect(try !directory.load().identity.isAlive())
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + self[range.upperBound...]
    }

    fileprivate func replacing(_ old: some StringProtocol, with new: String) -> String {
        guard let range = firstRange(of: String(old)) else { return self }
        return replacingCharacters(in: range, with: new)
    }
}
