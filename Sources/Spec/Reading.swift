internal import JSON

/// What many properties have in common.
extension Reader {
    func value<Result>(_ key: String, _ read: (Reader) throws(JSONError) -> Result) throws(JSONError) -> Result? {
        guard let member = try member(key) else { return nil }
        return try read(member)
    }

    func list<Element>(_ key: String, _ read: (Reader) throws(JSONError) -> Element) throws(JSONError) -> [Element] {
        guard let readers = try member(key)?.elements() else { return [] }
        var elements: [Element] = []
        elements.reserveCapacity(readers.count)
        for reader in readers { elements.append(try read(reader)) }
        return elements
    }

    /// This object's members, whose keys are data.
    func map<Element>(_ read: (String, Reader) throws(JSONError) -> Element) throws(JSONError) -> [Element] {
        let readers = try members()
        var elements: [Element] = []
        elements.reserveCapacity(readers.count)
        for (key, reader) in readers { elements.append(try read(key, reader)) }
        return elements
    }

    func text(_ key: String) throws(JSONError) -> String { try member(key)?.string() ?? "" }

    func texts(_ key: String) throws(JSONError) -> [String] { try member(key)?.strings() ?? [] }

    func flag(_ key: String) throws(JSONError) -> Bool? { try member(key)?.bool() }

    func number<Number: FixedWidthInteger & Sendable>(
        _ key: String, in range: ClosedRange<Number> = Number.min...Number.max
    ) throws(JSONError) -> Number? {
        try member(key)?.integer(in: range)
    }

    func nonEmptyString() throws(JSONError) -> String {
        let text = try string()
        if text.isEmpty { throw fault("must not be empty") }
        return text
    }

    func absolutePath() throws(JSONError) -> String {
        let text = try string()
        guard text.utf8.first == UInt8(ascii: "/") else { throw mustBe("an absolute path") }
        return text
    }

    func absolutePaths(_ key: String) throws(JSONError) -> [String] {
        try list(key) { reader throws(JSONError) in try reader.absolutePath() }
    }

    /// `NAME=value` strings, as environ(7) has them.
    func environment() throws(JSONError) -> [String] {
        let entries = try strings()
        for (index, entry) in entries.enumerated() {
            guard let sign = entry.utf8.firstIndex(of: UInt8(ascii: "=")), sign != entry.startIndex else {
                throw try elements()[index].mustBe("NAME=value")
            }
        }
        return entries
    }

    /// A user or group id. The last one is none: to setresuid(2) and chown(2) it says "leave as it is".
    func id() throws(JSONError) -> UInt32 { try integer(in: 0...(UInt32.max - 1)) }

    /// A list of numbers and ranges such as `0-3,7`, with `:used/group` behind a range as the kernel's lists have it.
    func rangeList() throws(JSONError) -> String {
        let text = try string()
        guard isRangeList(text) else { throw mustBe("a list such as 0-3,7") }
        return text
    }

    func rangeList(_ key: String) throws(JSONError) -> String { try member(key)?.rangeList() ?? "" }

    /// A line for a kernel file that takes one.
    func line() throws(JSONError) -> String {
        let text = try string()
        if text.utf8.contains(UInt8(ascii: "\n")) { throw fault("contains a newline") }
        return text
    }
}

/// Throws for the first of `items`, those of the list `key` in `reader`, that equals an earlier one.
func refuseDuplicates(_ items: [String], of key: String, _ property: String, in reader: Reader) throws(JSONError) {
    for (index, item) in items.enumerated() where items[..<index].contains(item) {
        guard let elements = try reader.member(key)?.elements() else { return }
        throw try elements[index].required(property).fault("\(item) is given twice")
    }
}

private func isRangeList(_ text: String) -> Bool {
    text.utf8.split(separator: UInt8(ascii: ",")).allSatisfy { part in
        let words = Substring(part).split(separator: " ", omittingEmptySubsequences: true)
        guard let word = words.first else { return true }
        guard words.count == 1 else { return false }
        let stepped = word.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let ends = stepped[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map { UInt32(Substring($0)) }
        guard ends.count <= 2, let first = ends[0], let last = ends.count == 2 ? ends[1] : first, first <= last else { return false }
        guard stepped.count > 1 else { return true }
        let steps = stepped[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { UInt32(Substring($0)) }
        guard stepped.count == 2, ends.count == 2, steps.count == 2, let used = steps[0], let group = steps[1] else { return false }
        return used > 0 && used <= group
    }
}
