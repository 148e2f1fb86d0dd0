internal import CLinux
internal import Kernel
internal import Steps

/// A program that the parent runs and waits for in its own namespaces: a hook, or a helper such as newuidmap(1).
struct Command {
    /// What errors call it.
    var name: String
    var path: String
    var arguments: [String]
    var environment: [String] = []
    /// What it reads on standard input.
    var input: [UInt8] = []
    /// Seconds; nil: no limit.
    var timeout: UInt32?
    /// Once it is ready for something, the program is not wanted any more.
    var condition: Watch?

    init(_ name: String, _ path: String) {
        self.name = name
        self.path = path
        arguments = [path]
    }

    /// Runs it; a bad end is an error with what it printed, and so is the end of the wait for it, when it is killed.
    func run() throws(LaunchError) { _ = try printed() }

    /// Runs it likewise; the result is the file with what it printed on standard output and error.
    func printed() throws(LaunchError) -> OwnedFD {
        let end: String
        let output: String
        do throws(SyscallError) {
            let printed = try makeMemoryFile("output")
            guard let failure = try execute(printed) else { return printed }
            end = failure
            output = try tail(of: printed)
        } catch { throw .prepare("run \(name)", error) }
        throw .hook(name, end, output: output)
    }

    /// nil when it ended well, else how it did.
    private func execute(_ output: borrowing OwnedFD) throws(SyscallError) -> String? {
        let pool = TextPool()
        guard let kind = pool.intern(""), let program = pool.intern(path), let words = pool.intern(all: arguments),
            let variables = pool.intern(all: environment)
        else { return "contains a NUL byte" }
        let slots = Slots(count: Slot.firstFree + 1)
        let state = Slot(index: Slot.firstFree)
        let file = try makeMemoryFile("input")
        try write(input, to: file)
        try rewind(file)
        slots.put(file, in: state)
        slots.put(try output.duplicate(), in: .hookOutput)
        let step = HookStep(
            kind: kind, path: program, arguments: words, environment: variables, state: state, pidOffset: 0, timeout: 0)
        let child = try clone([.executeHook(step)], slots, flags: 0, cgroup: -1)
        var none: OwnedFD?
        let word = try listen(child.conversation, &none)
        let deadline: Deadline = timeout.map { .after(.seconds(Int64($0))) } ?? .never
        let watches = [Watch(child.pidfd.descriptor, .readable)] + (condition.map { [$0] } ?? [])
        let ready = try poll(watches, until: deadline)
        guard let ready, !ready[0].isEmpty else {
            try child.pidfd.send(.kill)
            _ = try child.pidfd.wait()
            return ready == nil ? "timed out after \(timeout ?? 0) s" : "was not wanted any more"
        }
        let status = try child.pidfd.wait()
        if case .failed(_, let value) = word { return "\(path): \(Errno(rawValue: value))" }
        return status == .exited(0) ? nil : "\(status)"
    }
}

/// The last of what was written to a file, one line: enough to see why a hook failed.
func tail(of file: borrowing OwnedFD) throws(SyscallError) -> String {
    let length: UInt64 = 2048
    let size = try status(of: file).size
    var text = String(decoding: try readBytes(file, at: size > length ? size - length : 0, count: Int(length)), as: UTF8.self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text.split(whereSeparator: \.isNewline).joined(separator: " | ")
}
