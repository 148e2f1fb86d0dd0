// Starts a program as the runtime starts its own, tells its pid on standard error, and ends as it ends:
//
//   Starter [WORD...] -- PATH [ARGUMENT...]
//
//   input | output | error     the starter's own stream is the program's too
//   pass N                     descriptor N of the starter's
//   join KIND PATH             a namespace, by its name in /proc/PID/ns
//   new KIND                   a new one
//   user UID:GID | kept        privileges
//   terminal | inherit         session
//   bound                      lifetime: the starter's
//   score N                    oom_score_adj
//   cgroup DIRECTORY           of a cgroup2 mount at /sys/fs/cgroup or its unified directory

import Cgroups
import Kernel
import Launch

struct UsageError: Error {}

func namespaceKind(_ name: String) throws -> NamespaceKind {
    guard let kind = NamespaceKind.allCases.first(where: { $0.fileName == name }) else { throw UsageError() }
    return kind
}

func number(_ word: Substring) throws -> UInt32 {
    guard let number = UInt32(word) else { throw UsageError() }
    return number
}

func run(_ words: [String]) throws {
    guard let end = words.firstIndex(of: "--"), words.count > end + 1 else { throw UsageError() }
    var daemon = Daemon("program", words[end + 1], Array(words[(end + 1)...]))
    daemon.environment = environment()
    var cgroup: Cgroup?
    var rest = words[..<end]
    func next() throws -> String {
        guard let word = rest.popFirst() else { throw UsageError() }
        return word
    }
    while let word = rest.popFirst() {
        switch word {
        case "input": try daemon.set(.input, to: OwnedFD(duplicating: 0))
        case "output": try daemon.set(.output, to: OwnedFD(duplicating: 1))
        case "error": try daemon.set(.error, to: OwnedFD(duplicating: 2))
        case "pass": _ = try daemon.pass(OwnedFD(duplicating: Int32(number(next()[...]))))
        case "join":
            let kind = try namespaceKind(next())
            try daemon.join(kind, open(next(), .readOnly))
        case "new": daemon.newNamespaces.insert(try namespaceKind(next()))
        case "user":
            let ids = try next().split(separator: ":")
            daemon.privileges = .user(uid: try number(ids[0]), gid: try number(ids[1]))
        case "kept": daemon.privileges = .kept
        case "terminal": daemon.session = .ofTerminal
        case "inherit": daemon.session = .inherited
        case "bound": daemon.lifetime = .ofStarter
        case "score": daemon.oomScoreAdj = Int32(try number(next()[...]))
        case "cgroup":
            let levels = try next().split(separator: "/").map(String.init)
            let isUnified = try fileSystem(of: open("/sys/fs/cgroup", .path)).magic == .cgroup2
            let mountPoint = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified"
            cgroup = try Cgroup.open(Placement(mountPoint: mountPoint, levels: levels, layout: isUnified ? .unified : .hybrid))
            guard cgroup != nil else { throw UsageError() }
        default: throw UsageError()
        }
    }
    let started = try start(daemon, in: cgroup)
    try write("\(started.pid)\n", to: StandardStream.error)
    exitProcess(try started.pidfd.wait().shellCode)
}

do {
    try occupyStandardStreams()
    try run(Array(CommandLine.arguments.dropFirst()))
} catch {
    do { try write("starter: \(error)\n", to: StandardStream.error) } catch {}
    exitProcess(125)
}
