internal import Kernel
public import Spec

extension GuestImage {
    /// Finds the kernel: `vm.kernel.path`, else the settings' `kernel`, else a packaged guest's, else the host's own, else the newest of
    /// /boot. Its modules are in `lib/modules/VERSION` beside it, else in that of the host.
    public static func find(_ settings: HostSettings, _ vm: VirtualMachine? = nil) throws(MachineError) -> GuestImage {
        let (path, reason) = try findKernel(settings, vm)
        let version = try kernelVersion(path)
        let modules = try ModuleDirectory(of: path, version)
        return GuestImage(
            kernel: path, version: version, reason: reason, moduleDirectory: modules?.path,
            modules: try modules?.closure(of: needed, wanted) ?? [],
            foreignInitrd: vm.flatMap { $0.kernel.initrd.isEmpty ? nil : $0.kernel.initrd })
    }
}

/// Where packages put a guest.
private let packagedGuests = ["/usr/local/share/swiftrun/guest", "/usr/share/swiftrun/guest"]

private func findKernel(_ settings: HostSettings, _ vm: VirtualMachine?) throws(MachineError) -> (path: String, reason: String) {
    if let path = vm?.kernel.path, !path.isEmpty { return (path, "vm.kernel.path of config.json") }
    if let path = settings.kernel { return (path, "kernel of \(HostSettings.path)") }
    if let directory = settings.guestDirectory { return (directory + "/vmlinuz", "guestDirectory of \(HostSettings.path)") }
    for directory in packagedGuests where try exists(directory + "/vmlinuz") { return (directory + "/vmlinuz", "the packaged guest") }
    let host = try step("find the host's kernel") { () throws(SyscallError) in try KernelRelease.current().text }
    if try exists("/boot/vmlinuz-" + host) { return ("/boot/vmlinuz-" + host, "the host's own") }
    if let newest = try newestKernel() { return (newest, "the newest of /boot") }
    throw .unfit(
        "no kernel for a virtual machine: none in \(HostSettings.path), \(packagedGuests.joined(separator: ", ")) or /boot; "
            + "a distribution's kernel package for virtual machines has one")
}

private func newestKernel() throws(MachineError) -> String? {
    let prefix = "vmlinuz-"
    let names = try step("look for a kernel in /boot") { () throws(SyscallError) in
        do throws(SyscallError) { return try entries(of: open("/boot", [.readOnly, .directory])).map(\.name) } catch {
            guard error.errno == .noEntry else { throw error }
            return []
        }
    }
    let versions = names.filter { $0.hasPrefix(prefix) && !$0.hasSuffix(".old") }.map { String($0.dropFirst(prefix.count)) }
    return versions.max { isOlder($0, $1) }.map { "/boot/" + prefix + $0 }
}

/// By the numbers in them, as 6.1.0-9 is older than 6.1.0-10.
func isOlder(_ version: String, _ other: String) -> Bool {
    let (left, right) = (parts(version), parts(other))
    for (one, two) in zip(left, right) where one != two {
        if let first = UInt64(one), let second = UInt64(two) { return first < second }
        return one < two
    }
    return left.count < right.count
}

/// Runs of digits, and what is between them.
private func parts(_ version: String) -> [String] {
    var parts: [String] = []
    for character in version.unicodeScalars {
        let isDigit = ("0"..."9").contains(character)
        if let last = parts.last?.unicodeScalars.last, ("0"..."9").contains(last) == isDigit {
            parts[parts.count - 1].unicodeScalars.append(character)
        } else {
            parts.append(String(character))
        }
    }
    return parts
}

/// What the file says, where it is an image for x86 (Documentation/arch/x86/boot.rst); else what its name says after `vmlinuz-`.
private func kernelVersion(_ path: String) throws(MachineError) -> String {
    let head = try step("read kernel \(path)") { () throws(SyscallError) in
        let file = try open(path, [.readOnly, .nonBlocking])
        guard try status(of: file).kind == .regular else { throw SyscallError("open", "no regular file", .invalid) }
        return try read(file, count: 0x11000)
    }
    if head.count > 0x210, head[0x202..<0x206].elementsEqual("HdrS".utf8) {
        let start = 0x200 + Int(head[0x20e]) + Int(head[0x20f]) << 8
        if start > 0x200, start < head.count {
            let word = head[start...].prefix { $0 > UInt8(ascii: " ") && $0 < 0x7f }
            if !word.isEmpty { return String(decoding: word, as: UTF8.self) }
        }
    }
    let name = Path.lastComponent(path)
    guard name.hasPrefix("vmlinuz-") else {
        throw .unfit("\(path): its version is unknown: it is no image for x86 that tells it, and not called vmlinuz-VERSION")
    }
    return String(name.dropFirst("vmlinuz-".count))
}

func firstExisting(_ paths: [String]) throws(MachineError) -> String? {
    for path in paths where try exists(path) { return path }
    return nil
}

func exists(_ path: String) throws(MachineError) -> Bool {
    try step("look for \(path)") { () throws(SyscallError) in
        do throws(SyscallError) { _ = try status(of: path) } catch {
            guard error.errno == .noEntry || error.errno == .notDirectory else { throw error }
            return false
        }
        return true
    }
}
