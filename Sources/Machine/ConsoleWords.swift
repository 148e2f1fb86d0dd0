/// What a console's text comes to in an error: the line of a kernel's panic if there is one, else the last lines; `limit` bytes at
/// most, on one line, printable.
func words(of bytes: [UInt8], limit: Int) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.unicodeScalars.split { $0 == "\n" || $0 == "\r" }.map { printable(String($0)) }.filter { !$0.isEmpty }
    // The guest may print the words itself: the last time they come is the most likely to be the end.
    let panic = lines.last { $0.utf8.starts(with: "Kernel panic".utf8) || $0.contains("] Kernel panic") }
    if let panic { return cut(panic, limit) }
    var words = ""
    for line in lines.reversed() {
        let longer = words.isEmpty ? line : line + " | " + words
        if longer.utf8.count > limit { break }
        words = longer
    }
    return words.isEmpty ? cut(lines.last ?? "", limit) : words
}

private func cut(_ line: String, _ limit: Int) -> String {
    line.utf8.count <= limit ? line : String(decoding: line.utf8.prefix(limit), as: UTF8.self)
}

/// Without control characters, which a terminal would obey.
private func printable(_ line: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in line.unicodeScalars where scalar.properties.generalCategory != .control { result.append(scalar) }
    return String(result)
}
