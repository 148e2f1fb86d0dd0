import CSeccomp
import Kernel
public import Spec

/// More named system calls than this and libseccomp sorts the program into a binary tree: a long list of comparisons costs every
/// system call of the container.
private let treeThreshold = 32

/// Turns `linux.seccomp` into a program for the kernel; nil when it filters nothing at all.
///
/// runtime-spec config-linux.md, with runc's answers where that is silent: names that libseccomp does not know are ignored, so that a profile
/// may be newer than the library; a rule that repeats the default action is skipped; several conditions on the same argument
/// are alternatives, since libseccomp cannot join them.
public func compile(_ seccomp: Seccomp) throws(FilterError) -> Filter? {
    let root = "/linux/seccomp"
    let defaultAnswer = try answer(seccomp.defaultAction, seccomp.defaultErrnoRet, "\(root)/defaultErrnoRet")
    try check(seccomp)
    let filtersNothing = seccomp.defaultAction == .allow && seccomp.rules.isEmpty && seccomp.architectures.isEmpty
    guard !filtersNothing || seccomp.flags?.isEmpty == false else { return nil }

    let draft = try Draft(defaultAnswer)
    let architectures = try draft.add(seccomp.architectures)
    var names = 0
    for (index, rule) in seccomp.rules.enumerated() {
        names += rule.names.count
        try draft.add(rule, unlessDefault: defaultAnswer, "\(root)/syscalls/\(index)")
    }
    if names > treeThreshold { try draft.sortIntoTree() }

    // A default that already says ENOSYS needs no stub to say it.
    let answersUnknown = !seccomp.defaultAction.isPermissive && defaultAnswer & 0xffff != noSuchCallErrno
    let stub = answersUnknown ? unknownCallStub(highestNumbers(seccomp.rules, architectures)) : []
    let program = stub.map(\.bits) + (try draft.export())
    guard program.count <= longestProgram else {
        let problem = "makes a program of \(program.count) instructions, but the kernel takes at most \(longestProgram)"
        throw .config(path: "\(root)/syscalls", problem: problem)
    }
    let listener: Listener = seccomp.rules.contains { $0.action == .notify } ? .needed : .none
    return Filter(program: program, flags: try loadFlags(seccomp.flags, listener))
}

private let noSuchCallErrno: UInt32 = 38

/// What no single rule can see.
private func check(_ seccomp: Seccomp) throws(FilterError) {
    let notifies = seccomp.rules.contains { $0.action == .notify }
    if seccomp.defaultAction == .notify {
        // The process itself could not go on to ask anybody: nobody listens yet when the filter starts to bite.
        throw .config(path: "/linux/seccomp/defaultAction", problem: "SCMP_ACT_NOTIFY cannot be the default action")
    }
    if notifies && seccomp.listenerPath.isEmpty {
        throw .config(path: "/linux/seccomp/listenerPath", problem: "must be set: a rule has the action SCMP_ACT_NOTIFY")
    }
    if seccomp.listenerPath.isEmpty && !seccomp.listenerMetadata.isEmpty {
        throw .config(path: "/linux/seccomp/listenerMetadata", problem: "must not be set without listenerPath")
    }
}

/// The highest number any rule names, for each architecture that has one of the names.
private func highestNumbers(_ rules: [Seccomp.Rule], _ architectures: [Architecture]) -> [Architecture: UInt32] {
    var highest: [Architecture: UInt32] = [:]
    for architecture in architectures {
        for name in rules.lazy.flatMap(\.names) {
            guard let number = architecture.number(name), number < architecture.end ?? .max else { continue }
            highest[architecture] = max(number, highest[architecture] ?? 0)
        }
    }
    return highest
}
