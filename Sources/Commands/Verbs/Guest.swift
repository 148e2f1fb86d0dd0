internal import ArgumentParser
internal import Lifecycle
internal import Machine
internal import Store

struct Guest: Verb {
    static let configuration = CommandConfiguration(verb: "guest", "Tell of virtual machines: what they are made of, what they print.")

    enum Act: String, CaseIterable, ExpressibleByArgument {
        case info, build, console
    }

    @Argument(help: "info, build or console.")
    var act: Act

    @Argument(help: "For build the directory to be made, for console the name of a container.")
    var operand: String?

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        switch (act, operand) {
        case (.info, nil): return try info(output)
        case (.build, let directory?):
            try failing { () throws(MachineError) in
                try GuestImage.find(HostSettings(path: HostSettings.path)).build(directory)
            }
            return 0
        case (.console, let id?):
            try console(id, globals, output)
            return 0
        case (.info, _?): throw Failure("guest info takes no other argument")
        case (.build, nil): throw Failure("guest build: the directory to be made is missing")
        case (.console, nil): throw Failure("guest console: the name of a container is missing")
        }
    }

    private func info(_ output: borrowing Output) throws(Failure) -> Int32 {
        let findings = try failing { () throws(MachineError) in try HostSettings(path: HostSettings.path) }.findings()
        try output.print(table(findings.map { [$0.subject, $0.text] }))
        return findings.contains(where: \.isMissing) ? 1 : 0
    }

    /// Of a pod's member it is the console of the machine it is in.
    private func console(_ id: String, _ globals: Globals, _ output: borrowing Output) throws(Failure) {
        let store = Store(root: try globals.runtime().settings.root)
        let own = try failing { () throws(StoreError) in try store.open(ContainerID(id)) }
        let sandbox = try failing { () throws(StoreError) in try own.load().sandbox }
        guard let sandbox else { throw Failure("container \(id) is in no virtual machine") }
        let directory = try failing { () throws(StoreError) in try store.open(ContainerID(sandbox)) }
        guard let bytes = try failing({ () throws(MachineError) in try readConsole(of: directory.descriptor) }) else {
            throw Failure("the machine of container \(id) has printed nothing")
        }
        try output.print(harmless(bytes))
    }
}

/// A guest may print what a terminal obeys: of control characters only ends of lines and tabs are left.
private func harmless(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars
    where scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control { text.append(scalar) }
    return String(text)
}

private func failing<Error: Swift.Error & CustomStringConvertible, Result: ~Copyable>(
    _ body: () throws(Error) -> Result
) throws(Failure) -> Result {
    do throws(Error) { return try body() } catch { throw Failure("\(error)") }
}
