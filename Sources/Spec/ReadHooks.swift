internal import JSON

extension Hooks {
    init(_ reader: Reader) throws(JSONError) {
        prestart = try reader.list("prestart", Hook.init)
        createRuntime = try reader.list("createRuntime", Hook.init)
        createContainer = try reader.list("createContainer", Hook.init)
        startContainer = try reader.list("startContainer", Hook.init)
        poststart = try reader.list("poststart", Hook.init)
        poststop = try reader.list("poststop", Hook.init)
    }
}

extension Hook {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        path = try reader.required("path").absolutePath()
        arguments = try reader.texts("args")
        if arguments.isEmpty { arguments = [path] }
        environment = try reader.member("env")?.environment()
        timeout = try reader.number("timeout", in: 1...UInt32.max)
    }
}
