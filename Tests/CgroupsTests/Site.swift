import Cgroups
import Kernel
import TestKit
import Testing

/// A place of the test's own in the host's cgroup v2, gone after it whatever happens.
struct Site {
    let placement: Placement
    private let host: HostCgroups

    /// The directory of the test's own cgroup, above what `placement` leads to.
    var top: String { placement.mountPoint + "/" + placement.levels[0] }

    static let host: HostCgroups? = try? HostCgroups.current()

    /// Whether this process may make cgroups.
    static var isUsable: Bool {
        guard let point = host?.mount?.point, OwnIDs().effectiveUID == 0 else { return false }
        return (try? Kernel.write("", to: point + "/cgroup.subtree_control")) != nil
    }

    static func has(_ controller: String) -> Bool {
        isUsable
            && Files.text((host?.mount?.point ?? "") + "/cgroup.controllers").split { $0 == " " || $0 == "\n" }.contains(
                Substring(controller))
    }

    /// Takes back what `body` had enabled for the whole host.
    static func restoringRoot(_ body: () throws -> Void) throws {
        let file = try #require(host?.mount).point + "/cgroup.subtree_control"
        let before = Set(Files.text(file).split { $0 == " " || $0 == "\n" })
        let result = Swift.Result { try body() }
        for name in Set(Files.text(file).split { $0 == " " || $0 == "\n" }).subtracting(before) { try Kernel.write("-\(name)", to: file) }
        try result.get()
    }

    /// - Parameter below: names under the test's own cgroup that the placement leads to.
    static func with<Result>(_ below: String..., body: (Site) throws -> Result) throws -> Result {
        let host = try #require(host)
        let name = "swiftrun-test-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let top = try Placement(cgroupsPath: "/\(name)", id: "x", on: host)
        let placement = try Placement(cgroupsPath: "/" + ([name] + below).joined(separator: "/"), id: "x", on: host)
        let result = Swift.Result { try body(Site(placement: placement, host: host)) }
        try Cgroup.open(top)?.thaw()
        try Cgroup.open(top)?.kill()
        try Cgroup.remove(top)
        #expect(!Files.exists(top.path))
        return try result.get()
    }

    /// Makes a cgroup by hand, `path` relative to the placement's.
    func make(_ path: String) throws { try Files.makeDirectory(placement.path + "/" + path) }
}

/// A process in no hurry, killed at the latest when this goes.
func idler(in cgroup: String) throws -> Program {
    let program = try Program(.init(["sleep", "300"], environment: Environment.plain))
    try Kernel.write("\(program.pid)", to: cgroup + "/cgroup.procs")
    return program
}

/// Runs a shell command that has entered a cgroup.
func shell(in cgroup: String, _ command: String) throws -> Outcome {
    try execute(["sh", "-c", "echo $$ > \(cgroup)/cgroup.procs && { \(command); }"])
}
