internal import Kernel

/// The unit of systemd that a container is, and the slice it is in.
public struct UnitName: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Processes that systemd did not start.
        case scope
        /// Without processes of its own, in systemd's eyes.
        case slice
    }

    /// With its ending, such as `swiftrun-abc.scope`.
    public let text: String
    /// Such as `system.slice`; `-.slice` is the root of all.
    public let slice: String
    public let kind: Kind

    /// The unit that a path of a cgroup ends with; nil: it ends otherwise. The slice is that of the directory above.
    public init?(cgroupPath: String) {
        let names = Path.components(cgroupPath)
        guard let text = names.last, text.hasSuffix(".scope") || text.hasSuffix(".slice") else { return nil }
        self.text = text
        slice = names.dropLast().last { $0.hasSuffix(".slice") } ?? "-.slice"
        kind = text.hasSuffix(".slice") ? .slice : .scope
    }

    /// Decides the unit of the container `id` by `linux.cgroupsPath`: `slice:prefix:name`, as runc has it.
    ///
    /// The unit is `prefix-name.scope`, or the name itself if that is one of a slice. Without a path it is `swiftrun-id.scope`; without
    /// a slice it is in `system.slice`, a user's in `user.slice`.
    public init(cgroupsPath: String, id: String, of instance: Instance) throws(SystemdError) {
        var parts = ["", "swiftrun", id]
        if !cgroupsPath.isEmpty {
            parts = cgroupsPath.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else {
                // The words of runc; the field is what it leaves out.
                throw fault("expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"\(quotable(cgroupsPath))\" instead")
            }
        }
        let name = parts[2]
        guard !name.isEmpty else { throw fault("must have a name after the second colon, found \"\(quotable(cgroupsPath))\"") }
        slice = parts[0].isEmpty ? (instance == .system ? "system.slice" : "user.slice") : parts[0]
        guard slice == "-.slice" || isSlice(slice) else { throw fault("\"\(quotable(slice))\" is no name of a slice") }
        if name.hasSuffix(".slice") {
            guard isSlice(name) else { throw fault("\"\(quotable(name))\" is no name of a slice") }
            text = name
            kind = .slice
        } else {
            text = escaped(parts[1].isEmpty ? name : "\(parts[1])-\(name)") + ".scope"
            kind = .scope
        }
        guard text.utf8.count <= 255, slice.utf8.count <= 255 else { throw fault("makes the name of a unit that is longer than 255 bytes") }
    }

    /// The names that lead to its cgroup: a slice named `a-b.slice` is within `a.slice` (systemd.slice(5)).
    public var levels: [String] {
        switch kind {
        case .slice: expanded(text)
        case .scope: (slice == "-.slice" ? [] : expanded(slice)) + [text]
        }
    }
}

private func fault(_ problem: String) -> SystemdError { .config(path: "/linux/cgroupsPath", problem: problem) }

/// systemd.unit(5), besides the characters that `escaped` makes.
private func isUnitCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "\\"): true
    default: false
    }
}

/// systemd.slice(5): names between single dashes.
private func isSlice(_ text: String) -> Bool {
    guard text.hasSuffix(".slice"), text.utf8.allSatisfy(isUnitCharacter) else { return false }
    return text.dropLast(6).split(separator: "-", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
}

/// As systemd-escape(1) writes what a unit's name cannot have, such as the plus of a container's id.
private func escaped(_ text: String) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        if isUnitCharacter(byte) {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func expanded(_ slice: String) -> [String] {
    var levels: [String] = []
    var name = ""
    for part in slice.dropLast(6).split(separator: "-") {
        name += name.isEmpty ? String(part) : "-\(part)"
        levels.append(name + ".slice")
    }
    return levels
}
