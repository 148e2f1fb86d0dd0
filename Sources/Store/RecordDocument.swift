internal import JSON
internal import Kernel
internal import Spec

/// A record as JSON, with the boot it was written in: pids and start times of another boot mean nothing.
struct RecordDocument: Hashable {
    /// Of the document's form. Who changes the form counts on.
    static let format = 1

    var record: Record
    /// Empty: not known.
    var boot: String

    init(_ record: Record, boot: String) {
        self.record = record
        self.boot = boot
    }

    var value: Value {
        var members: [Value.Member] = [
            .init("format", Value(Self.format)),
            .init("ociVersion", .string(record.ociVersion)),
            .init("id", .string(record.id)),
            .init("bundle", .string(record.bundle)),
            .init("rootfs", .string(record.rootfs)),
            .init("created", .string(record.created)),
            .init("init", ["pid": Value(record.identity.pid), "startTime": Value(record.identity.startTime), "boot": .string(boot)]),
            .init("cgroup", ["path": .string(record.cgroupPath), "driver": .string(record.cgroupDriver.rawValue)]),
            .init("hasOwnPIDNamespace", .bool(record.hasOwnPIDNamespace)),
        ]
        if let sandbox = record.sandbox { members.append(.init("sandbox", .string(sandbox))) }
        members += [
            .init("isRootless", .bool(record.isRootless)),
            .init("annotations", Value(record.annotations)),
            .init("hooks", ["poststart": .array(record.poststart.map(\.value)), "poststop": .array(record.poststop.map(\.value))]),
            .init("lateSteps", ["base": Value(record.lateStepBase), "texts": Value(record.lateSteps)]),
        ]
        return .object(members)
    }

    /// Reads the document of `id`. It is ours, yet taken for nothing it does not say properly: it decides whom we kill.
    init(_ document: Value, of id: ContainerID) throws(JSONError) {
        let reader = Reader(document)
        let format = try reader.required("format")
        guard try format.integer(in: 0...Int.max) == Self.format else {
            throw format.fault("written by a swiftrun of another version: this one reads \(Self.format)")
        }
        let name = try reader.required("id")
        guard try name.string().isSame(as: id.text) else { throw name.mustBe("\"\(id)\"") }
        let process = try reader.required("init")
        let cgroup = try reader.required("cgroup")
        let hooks = try reader.required("hooks")
        let late = try reader.required("lateSteps")
        boot = try process.required("boot").string()
        record = Record(
            ociVersion: try reader.required("ociVersion").string(), id: id,
            bundle: try reader.required("bundle").absolutePath(), rootfs: try reader.required("rootfs").absolutePath(),
            created: try reader.required("created").string(),
            identity: ProcessIdentity(
                pid: try process.required("pid").integer(in: 0...Int32.max),
                startTime: try process.required("startTime").integer()),
            cgroupPath: try cgroup.required("path").cgroupPath(),
            cgroupDriver: try cgroup.required("driver").choice(of: Record.CgroupDriver.self),
            hasOwnPIDNamespace: try reader.required("hasOwnPIDNamespace").bool(), sandbox: try reader.member("sandbox")?.containerID(),
            isRootless: try reader.required("isRootless").bool(),
            annotations: try reader.required("annotations").annotations(),
            poststart: try hooks.required("poststart").hooks(), poststop: try hooks.required("poststop").hooks(),
            lateSteps: try late.required("texts").strings(), lateStepBase: try late.required("base").integer(in: 0...Int.max))
    }
}

extension Hook {
    fileprivate var value: Value {
        var members: [Value.Member] = [.init("path", .string(path)), .init("args", Value(arguments))]
        if let environment { members.append(.init("env", Value(environment))) }
        if let timeout { members.append(.init("timeout", Value(timeout))) }
        return .object(members)
    }
}

extension Reader {
    fileprivate func absolutePath() throws(JSONError) -> String {
        let path = try string()
        guard Path.isAbsolute(path) else { throw mustBe("an absolute path") }
        return path
    }

    fileprivate func containerID() throws(JSONError) -> String {
        let text = try string()
        do throws(StoreError) { return try ContainerID(text).text } catch { throw mustBe("a container's id") }
    }

    /// Whatever is in a container's cgroup is killed with it: this may be nothing but a path that we made.
    fileprivate func cgroupPath() throws(JSONError) -> String {
        let path = try string()
        guard path.isEmpty || path != "/" && Path.isAbsolute(path) && Path.clean(path).isSame(as: path) else {
            throw mustBe("empty or a clean absolute path")
        }
        return path
    }

    fileprivate func annotations() throws(JSONError) -> [Annotation] {
        var annotations: [Annotation] = []
        for (key, reader) in try members() { annotations.append(Annotation(key, try reader.string())) }
        return annotations
    }

    fileprivate func hooks() throws(JSONError) -> [Hook] {
        var hooks: [Hook] = []
        for reader in try elements() {
            var hook = Hook()
            hook.path = try reader.required("path").absolutePath()
            hook.arguments = try reader.required("args").strings()
            hook.environment = try reader.member("env")?.strings()
            hook.timeout = try reader.member("timeout")?.integer(in: 1...UInt32.max)
            hooks.append(hook)
        }
        return hooks
    }
}
