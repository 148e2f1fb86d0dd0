import Glibc
public import JSON

/// What a finished program left.
public struct Outcome: Sendable, CustomStringConvertible {
    public var ending: Ending
    public var outputBytes: [UInt8]
    public var errorBytes: [UInt8]

    public var status: Int32 { ending.status }
    public var output: String { String(decoding: outputBytes, as: UTF8.self) }

    /// stderr; quotes that a runtime's own log format escapes stand as they are.
    public var errors: String { String(decoding: errorBytes, as: UTF8.self).split(separator: "\\\"", omittingEmptySubsequences: false).joined(separator: "\"") }

    /// Whether stderr tells of this error of the kernel, in our words (`ENOENT`) or in libc's.
    public func tells(_ name: String) -> Bool {
        let words = [
            "ENOENT": "no such file or directory", "EPERM": "operation not permitted", "EACCES": "permission denied", "ENODEV": "no such device",
            "ENOTDIR": "not a directory", "EROFS": "read-only file system", "ELOOP": "too many levels of symbolic links", "ENOEXEC": "exec format error",
            "EINVAL": "invalid argument", "ECONNREFUSED": "connection refused",
        ]
        return errors.contains(name) || words[name].map { errors.lowercased().contains($0) } == true
    }

    public var description: String { "\(ending), output \"\(output.suffix(3000))\", errors \"\(errors.suffix(3000))\"" }

    /// The whole output as one JSON value.
    public func json() throws -> Value {
        do {
            return try parse(outputBytes)
        } catch {
            throw Failure("not JSON (\(error)): \(self)")
        }
    }

    /// The output line by line, each JSON: what the probe printed.
    public func lines() throws -> [Value] {
        try output.split(separator: "\n").map { line in
            do {
                return try parse(Array(line.utf8))
            } catch {
                throw Failure("not JSON (\(error)): \(self)")
            }
        }
    }

    /// The probe's report.
    public func report() throws -> Report {
        guard let value = try lines().first(where: { $0["rlimits"] != nil }) else { throw Failure("no report: \(self)") }
        return Report(value)
    }

    /// What the probe said of one action, such as `stat` of `/dev/null`.
    public func answer(_ action: String, _ subject: String? = nil) throws -> Value {
        for line in try lines() where line["action"]?.string == action {
            if subject == nil || line["subject"]?.string == subject { return line }
        }
        throw Failure("the probe did not \(action) \(subject ?? ""): \(self)")
    }
}

/// What stands at a program's stdin.
public enum Input: Sendable {
    case null
    case text(String)
}

/// Where a program's stdout and stderr go: a container that outlives it must not hold what a test reads to the end.
public enum Output: Sendable {
    case captured, null
}

/// Runs a program to its end and the end of its output.
public func execute(
    _ command: [String], input: Input = .null, environment: [String] = Environment.plain, directory: String? = nil,
    descriptors: [Descriptor] = [], output target: Output = .captured, deadline: Deadline = .usual
) throws -> Outcome {
    let output = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    let stdin = try input.descriptor()
    let program = try Program(
        Program.Request(command, environment: environment, directory: directory, descriptors: [stdin] + (target == .captured ? [output.write, errors.write] : [nil, nil]) + descriptors))
    output.write.close()
    errors.write.close()
    stdin?.close()

    let streams = [Stream(output.read), Stream(errors.read)]
    do {
        try Stream.drain(streams, deadline)
    } catch {
        program.send(SIGKILL)
        throw Failure("\(command.joined(separator: " ")): \(error)")
    }
    return Outcome(ending: try program.wait(deadline), outputBytes: try streams[0].rest(deadline), errorBytes: try streams[1].rest(deadline))
}

extension Input {
    /// A pipe that holds the text, its writing end closed.
    func descriptor() throws -> Descriptor? {
        guard case .text(let text) = self else { return nil }
        let pipe = try Descriptor.pipe()
        let bytes = Array(text.utf8)
        precondition(bytes.count <= 65536, "more than a pipe holds")
        _ = unsafe write(pipe.write.raw, bytes, bytes.count)
        pipe.write.close()
        return pipe.read
    }
}
