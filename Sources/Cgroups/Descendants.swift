import Kernel

/// Visits every cgroup below `top`, whose path is `path`, after those that are below it; with its name and the one above it.
///
/// A container may make as many, as deep and of such names as it likes. So no more than a few descriptors are open at a time: cgroups are
/// never moved, and `..` leads back to the one above.
func forEachBelow(
    _ top: borrowing OwnedFD, _ path: String,
    _ visit: (_ cgroup: borrowing OwnedFD, _ name: FileName, _ above: borrowing OwnedFD) throws(CgroupsError) -> Void
) throws(CgroupsError) {
    let act = "list the cgroups below \(path)"
    /// Of each level that are still to be visited, and the names that lead from `top` to where we are.
    var pending = [try step(act) { () throws(SyscallError) in try children(of: top) }]
    var names: [FileName] = []
    var directory = try step(act) { () throws(SyscallError) in try top.duplicate() }
    while let last = pending.indices.last {
        if let name = pending[last].popLast() {
            guard let child = try step(act, { () throws(SyscallError) in try childIfThere(name, of: directory) }) else { continue }
            pending.append(try step(act) { () throws(SyscallError) in try children(of: child) })
            names.append(name)
            directory = child
        } else {
            pending.removeLast()
            guard let name = names.popLast() else { return }
            let above = try step(act) { () throws(SyscallError) in try openParent(of: directory) }
            try visit(directory, name, above)
            directory = above
        }
    }
}

/// The names of the cgroups just below; none once it is gone.
func children(of directory: borrowing OwnedFD) throws(SyscallError) -> [FileName] {
    do throws(SyscallError) {
        return try entries(of: directory).filter { $0.kind == .directory }.map(\.fileName)
    } catch {
        guard isGone(error) else { throw error }
        return []
    }
}

private func childIfThere(_ name: FileName, of directory: borrowing OwnedFD) throws(SyscallError) -> OwnedFD? {
    do throws(SyscallError) { return try openDirectory(name, in: directory, refusing: beyondCgroups) } catch {
        guard isGone(error) else { throw error }
        return nil
    }
}
