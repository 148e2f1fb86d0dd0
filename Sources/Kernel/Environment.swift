import CLinux

/// The environment of this process: `NAME=value` each, in order.
public func environment() -> [String] {
    guard let first = unsafe clinux_environ() else { return [] }
    var entries: [String] = []
    var index = 0
    while let entry = unsafe first[index] {
        entries.append(unsafe String(cString: entry))
        index += 1
    }
    return entries
}

/// The value of the first entry with this name; nil when there is none.
public func environment(_ name: String) -> String? {
    let prefix = name + "="
    for entry in environment() where entry.utf8.starts(with: prefix.utf8) {
        return String(entry[entry.utf8.index(entry.startIndex, offsetBy: prefix.utf8.count)...])
    }
    return nil
}
