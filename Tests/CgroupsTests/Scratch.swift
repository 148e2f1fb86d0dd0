import Cgroups
import Foundation
import Kernel
import Testing

/// A place of its own in the host's cgroup v2, gone after the test whatever happens in it.
enum Scratch {
    static let host: HostCgroups? = try? HostCgroups.current()

    static var isUsable: Bool {
        guard let point = host?.mount?.point else { return false }
        return unsafe access(point + "/cgroup.subtree_control", W_OK) == 0
    }

    /// - Parameter below: names under the scratch cgroup that the placement leads to.
    static func with<Result>(_ below: String..., body: (Placement) throws -> Result) throws -> Result {
        let host = try #require(host)
        let name = "swiftrun-test-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let top = try Placement(cgroupsPath: "/\(name)", id: "x", on: host)
        let placement = try Placement(cgroupsPath: "/" + ([name] + below).joined(separator: "/"), id: "x", on: host)
        let result = Swift.Result { try body(placement) }
        try Cgroup.open(top)?.kill()
        try Cgroup.remove(top)
        #expect(!FileManager.default.fileExists(atPath: top.path))
        return try result.get()
    }
}

/// A process that does nothing until it is killed, which happens at the latest when this goes.
final class Sleeper {
    let pid: Int32
    private let descriptor: PidFD
    private var isReaped = false

    init() throws {
        var pid: Int32 = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("sleep"), strdup("300"), nil]
        defer { for index in 0..<2 { unsafe free(arguments[index]) } }
        let status = unsafe posix_spawn(&pid, "/bin/sleep", nil, nil, &arguments, environ)
        try #require(status == 0)
        self.pid = pid
        descriptor = try PidFD(of: pid)
    }

    /// Puts it into a cgroup.
    func enter(_ path: String) throws { try Kernel.write("\(pid)", to: path + "/cgroup.procs") }

    var isRunning: Bool { get throws { try !descriptor.hasEnded(by: .passed) } }

    /// How it ended; nil: it did not within ten seconds.
    func end() throws -> Kernel.ExitStatus? {
        let status = try descriptor.wait(until: .after(.seconds(10)))
        isReaped = status != nil
        return status
    }

    deinit {
        guard !isReaped else { return }
        _ = Foundation.kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }
}
