public import Kernel

/// The cgroup of one container, opened.
public struct Cgroup: ~Copyable, Sendable {
    public let placement: Placement
    /// Its directory, opened for reading: what CLONE_INTO_CGROUP takes.
    public let directory: OwnedFD
    /// How many of the last levels of the placement did not exist before `create`.
    public let made: Int

    init(_ placement: Placement, _ directory: consuming OwnedFD, made: Int) {
        self.placement = placement
        self.directory = directory
        self.made = made
    }

    /// Opens what is there; nil: it is not.
    public static func open(_ placement: Placement) throws(CgroupsError) -> Cgroup? {
        guard let directory = try openLevels(placement, placement.levels.count) else { return nil }
        return Cgroup(placement, directory, made: 0)
    }

    /// The text of one of its files.
    func read(_ file: String) throws(CgroupsError) -> String {
        try step("read \(placement.path)/\(file)") { () throws(SyscallError) in
            try readControl(file, of: directory)
        }
    }

    func write(_ value: String, to file: String) throws(CgroupsError) {
        try step("write \(value) to \(placement.path)/\(file)") { () throws(SyscallError) in
            try writeControl(value, to: file, of: directory)
        }
    }
}

/// Opens the cgroup `depth` levels below the mount; nil: one of them is missing.
func openLevels(_ placement: Placement, _ depth: Int) throws(CgroupsError) -> OwnedFD? {
    var directory = try openMount(placement)
    for level in placement.levels.prefix(depth) {
        guard let next = try openChild(level, of: directory, placement.path) else { return nil }
        directory = next
    }
    return directory
}

/// Opens the root of the hierarchy as it is mounted.
func openMount(_ placement: Placement) throws(CgroupsError) -> OwnedFD {
    let directory = try step("open cgroup v2 at \(placement.mountPoint)") { () throws(SyscallError) in
        try open(placement.mountPoint, [.readOnly, .directory])
    }
    // What mountinfo lists may be hidden below another mount, whose owner would get our writes.
    let magic = try step("open cgroup v2 at \(placement.mountPoint)") { () throws(SyscallError) in
        try fileSystem(of: directory).magic
    }
    guard magic == .cgroup2 else { throw .unavailable("\(placement.mountPoint) does not show a cgroup2 filesystem") }
    return directory
}

/// nil: there is none of that name.
func openChild(_ name: String, of directory: borrowing OwnedFD, _ path: String) throws(CgroupsError) -> OwnedFD? {
    do throws(SyscallError) {
        return try open(name, beneath: directory, [.readOnly, .directory], refusing: beyondCgroups)
    } catch {
        guard error.errno == .noEntry else { throw .refused(step: "open cgroup \(path)", error) }
        return nil
    }
}

/// Neither a symlink nor another mount leads out of the hierarchy.
let beyondCgroups: Boundary = [.symlinks, .mounts]

func readControl(_ file: String, of directory: borrowing OwnedFD) throws(SyscallError) -> String {
    try readText(open(file, beneath: directory, .readOnly, refusing: beyondCgroups), subject: file)
}

func writeControl(_ value: String, to file: String, of directory: borrowing OwnedFD) throws(SyscallError) {
    try write(value, to: open(file, beneath: directory, .writeOnly, refusing: beyondCgroups), subject: file)
}
