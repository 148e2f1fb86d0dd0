import Kernel

/// Which controllers the children of a cgroup get.
enum Enabling {
    /// All there are.
    case available
    /// Of those there are, these.
    case only(Set<String>)
}

/// Lets the children of a cgroup have controllers.
///
/// One may be refused: it cannot be given on while the cgroup has processes of its own, threads, or an owner who did not delegate it.
/// A limit that needed it fails with its name when it is written.
func enable(_ wanted: Enabling, in directory: borrowing OwnedFD, _ path: String) throws(CgroupsError) {
    if case .only(let names) = wanted, names.isEmpty { return }
    try step("enable the controllers of cgroup \(path)") { () throws(SyscallError) in
        let enabled = Set(words(try readControl("cgroup.subtree_control", of: directory)))
        let missing = words(try readControl("cgroup.controllers", of: directory)).filter { name in
            if case .only(let names) = wanted, !names.contains(name) { return false }
            return !enabled.contains(name)
        }
        guard !missing.isEmpty else { return }
        if try grant(missing, in: directory) { return }
        for name in missing { _ = try grant([name], in: directory) }
    }
}

/// false: refused, and none of them is enabled.
private func grant(_ names: [String], in directory: borrowing OwnedFD) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
        try writeControl(names.map { "+" + $0 }.joined(separator: " "), to: "cgroup.subtree_control", of: directory)
        return true
    } catch {
        switch error.errno {
        case .busy, .notSupported, .invalid, .noEntry, .accessDenied, .notPermitted, .readOnly: return false
        default: throw error
        }
    }
}

/// The words of a cgroup file, whatever blanks and line breaks are between them.
func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
}
