internal import Kernel

/// Runs a program of the host, found in PATH unless its name has a slash, with nothing on its standard input, and returns what it printed, errors included.
///
/// Past `limit`, in seconds, it is killed.
public func output(of name: String, _ arguments: [String], within limit: UInt32) throws(LaunchError) -> String {
    guard let path = hostProgram(name) else { throw .unfit("\(name) is not in PATH") }
    var command = Command(name, path)
    command.arguments = [name] + arguments
    command.environment = environment()
    command.timeout = limit
    let printed: OwnedFD
    do throws(LaunchError) { printed = try command.printed() } catch {
        guard case .hook(let name, let end, let output) = error else { throw error }
        throw .unfit(output.isEmpty ? "\(name): \(end)" : "\(name): \(end): \(output)")
    }
    do throws(SyscallError) {
        try rewind(printed)
        return String(decoding: try readAll(printed, limit: 256 << 20, subject: name), as: UTF8.self)
    } catch { throw .prepare("read what \(name) printed", error) }
}

/// The program that a shell would run; nil: there is none.
func hostProgram(_ name: String) -> String? {
    if name.contains("/") { return isProgram(name) ? name : nil }
    let directories = (environment("PATH") ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    return directories.map { "\($0)/\(name)" }.first { isProgram($0) }
}

private func isProgram(_ path: String) -> Bool {
    do throws(SyscallError) {
        let status = try status(of: path)
        return status.kind == .regular && status.permissions & 0o111 != 0
    } catch { return false }
}
