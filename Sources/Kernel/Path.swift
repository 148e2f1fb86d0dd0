/// Paths as text: nothing here looks at a filesystem.
///
/// Taken apart byte for byte: a `Character` may be a slash with an accent after it, which the kernel takes for two.
public enum Path {
    public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// The names between the slashes, empty ones left out; `.` and `..` are kept.
    public static func components(_ path: String) -> [String] {
        path.unicodeScalars.split(separator: "/").map { String($0) }
    }

    /// The shortest path that names the same place if no symlink is on the way: `.` and doubled slashes go, `..` takes the name
    /// before it along, and at the root goes too. Empty becomes `.`.
    public static func clean(_ path: String) -> String {
        let isAbsolute = isAbsolute(path)
        var kept: [String] = []
        for name in components(path) where name != "." {
            if name != ".." {
                kept.append(name)
            } else if let last = kept.last, last != ".." {
                kept.removeLast()
            } else if !isAbsolute {
                kept.append(name)
            }
        }
        let joined = kept.joined(separator: "/")
        if isAbsolute { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }

    /// The parts with a slash between them, empty ones left out, cleaned; an absolute later part does not start anew.
    /// Empty if all are.
    public static func join(_ parts: String...) -> String {
        let joined = parts.filter { !$0.isEmpty }.joined(separator: "/")
        return joined.isEmpty ? "" : clean(joined)
    }

    /// `path` cleaned, after `directory` if it is relative.
    public static func absolute(_ path: String, in directory: String) -> String {
        isAbsolute(path) ? clean(path) : clean(directory + "/" + path)
    }

    /// The cleaned path without its last name; `.` above a lone relative name, `/` above the root.
    public static func parent(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return clean(String(path.unicodeScalars[...slash]))
    }

    /// The last name; `.` of the empty path, `/` of the root.
    public static func lastComponent(_ path: String) -> String {
        components(path).last ?? (path.isEmpty ? "." : "/")
    }

    /// Whether `path` is `directory` or below it; both are clean and absolute.
    public static func isWithin(_ path: String, _ directory: String) -> Bool {
        if directory == "/" { return isAbsolute(path) }
        return path.utf8.elementsEqual(directory.utf8) || path.utf8.starts(with: (directory + "/").utf8)
    }
}
