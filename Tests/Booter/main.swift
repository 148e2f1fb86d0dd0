// Boots a machine through the seam, and answers each line of standard input with one on standard output:
//
//   Booter AGENT STATE-DIRECTORY SETTINGS [WORD...]
//
//   hypervisor ARGUMENT             for QEMU's
//   share NAME SOURCE [ro] [one]    before the boot, and as a command: a directory or a file
//
// AGENT is the program that becomes /init. First it says `started`, the pids of QEMU and virtiofsd; then `booted`, or `failed` and why.
// Other commands: `unshare ID`, `mount PATH`, which puts a tmpfs there, `write PATH TEXT`, `plug PORT NAME`, which gives the guest an
// interface of this process's network namespace and says what the agent has to be told of it, `end`. Bytes for the agent come from
// descriptor 3, and its own go to 4.

import GuestPlan
import JSON
import Kernel
import Machine
import SandboxNetwork

struct UsageError: Error {}

func say(_ text: String) throws { try write(text + "\n", to: StandardStream.output) }

func next(_ words: inout ArraySlice<String>) throws -> String {
    guard let word = words.popFirst() else { throw UsageError() }
    return word
}

/// Takes the words after `share`.
func share(_ words: inout ArraySlice<String>, in tree: SharedTree) throws {
    let (name, source) = (try next(&words), try next(&words))
    let kind: GuestPlan.Share.Kind = try status(of: source).kind == .directory ? .directory : .file
    let access: GuestPlan.Share.Access = words.first == "ro" ? .readOnly : .readWrite
    if access == .readOnly { _ = words.popFirst() }
    let reach: GuestPlan.Share.Reach = words.first == "one" ? .one : .all
    if reach == .one { _ = words.popFirst() }
    let share = GuestPlan.Share(name, source: source, kind: kind, access: access, reach: reach)
    try tree.share(share, SharedTree.copy(share))
}

/// What came from `source` goes to `target`. False: that was the end.
func relay(_ source: borrowing OwnedFD, to target: borrowing OwnedFD) throws -> Bool {
    let bytes = try read(source, count: 1 << 16)
    try write(bytes, to: target)
    return !bytes.isEmpty
}

func obey(_ line: String, _ machine: borrowing RunningMachine, _ tree: SharedTree) throws {
    var words = line.split(separator: " ").map(String.init)[...]
    switch try next(&words) {
    case "share":
        try share(&words, in: tree)
        try say("shared")
    case "unshare":
        try tree.unshare(container: next(&words))
        try say("unshared")
    case "mount":
        try mount("tmpfs", on: next(&words), type: "tmpfs")
        try say("mounted")
    case "write":
        let path = try next(&words)
        try write(try next(&words), to: open(path, [.writeOnly, .create], permissions: 0o644))
        try say("written")
    case "plug":
        guard let port = Int(try next(&words)) else { throw UsageError() }
        let name = try next(&words)
        guard let link = try NetworkFacts.read().links.first(where: { $0.name == name }) else { throw UsageError() }
        let interface = GuestInterface(link.name, mac: link.hardwareAddress.bytes, mtu: link.mtu)
        try machine.plug(interface, in: port, tap: SandboxNetwork.connect(link), until: .after(.seconds(10)))
        try say(NetworkFacts(links: [link]).json.text(.compact))
    case "end":
        try machine.end()
        try tree.remove()
        try say("ended")
        exitProcess(0)
    default: throw UsageError()
    }
}

func serve(_ machine: borrowing RunningMachine, _ tree: SharedTree) throws {
    let input = try OwnedFD(duplicating: 0)
    let toAgent = try OwnedFD(duplicating: 3)
    let fromAgent = try OwnedFD(duplicating: 4)
    var pending: [UInt8] = []
    var isBooted = false
    while true {
        let watches = [
            Watch(input, .readable), Watch(toAgent, .readable), Watch(machine.link, .readable), Watch(machine.console, .readable),
            Watch(machine.hypervisor.pidfd.descriptor, .readable),
        ]
        guard let ready = try poll(watches) else { return }
        if !ready[3].isEmpty { try machine.readConsole() }
        if let failure = try machine.failure() { return try say("failed \(failure)") }
        if !ready[1].isEmpty { _ = try relay(toAgent, to: machine.link) }
        if ready[2] == .readable && !isBooted {
            isBooted = true
            try machine.forgetBootFiles()
            try say("booted")
        }
        if !ready[2].isEmpty { _ = try relay(machine.link, to: fromAgent) }
        guard !ready[0].isEmpty else { continue }
        let bytes = try read(input, count: 4096)
        if bytes.isEmpty { return }
        pending += bytes
        while let end = pending.firstIndex(of: 10) {
            let line = String(decoding: pending[..<end], as: UTF8.self)
            pending.removeSubrange(...end)
            try obey(line, machine, tree)
        }
    }
}

func run(_ words: [String]) throws {
    var words = words[...]
    let (agent, directory, settingsPath) = (try next(&words), try next(&words), try next(&words))
    let settings = try HostSettings(path: settingsPath)
    var image = try GuestImage.find(settings)
    image.agent = agent
    var specification = MachineSpecification(
        "test", image, try Accelerator(settings.accelerator), settings.standardSize, stateDirectory: directory)
    let tree = try SharedTree(stateDirectory: directory)
    specification.sharedDirectory = tree.path
    while let word = words.popFirst() {
        switch word {
        case "hypervisor": specification.hypervisorParameters.append(try next(&words))
        case "share": try share(&words, in: tree)
        default: throw UsageError()
        }
    }
    do {
        let machine = try QEMU(settings).start(specification, in: nil)
        try say("started \(machine.hypervisor.pid) \(machine.fileServer?.pid ?? 0)")
        try serve(machine, tree)
    } catch { try say("failed \(error)") }
    try tree.remove()
}

do {
    try occupyStandardStreams()
    try run(Array(CommandLine.arguments.dropFirst()))
} catch {
    do { try write("booter: \(error)\n", to: StandardStream.error) } catch {}
    exitProcess(125)
}
