/// Makes a `Value` of the events of a parser.
///
/// Values of open arrays and objects lie on one stack; closing one takes its own off the top.
struct Builder {
    private struct Opening {
        var values: Int
        var keys: Int
    }

    private let depth: Int
    private var values: [Value] = []
    private var keys: [String] = []
    private var openings: [Opening] = []

    init(depth: Int) { self.depth = depth }

    /// The finished document; nil while one is open.
    var document: Value? { openings.isEmpty ? values.first : nil }

    mutating func add(_ value: Value) { values.append(value) }

    mutating func add(key: String) { keys.append(key) }

    /// False: it would be too deep.
    mutating func open() -> Bool {
        guard openings.count < depth else { return false }
        openings.append(Opening(values: values.count, keys: keys.count))
        return true
    }

    mutating func closeArray() {
        let opening = openings.removeLast()
        let elements = Array(values[opening.values...])
        values.removeSubrange(opening.values...)
        values.append(.array(elements))
    }

    mutating func closeObject() {
        let opening = openings.removeLast()
        var members: [Value.Member] = []
        members.reserveCapacity(values.count - opening.values)
        for (key, value) in zip(keys[opening.keys...], values[opening.values...]) {
            members.append(Value.Member(key, value))
        }
        values.removeSubrange(opening.values...)
        keys.removeSubrange(opening.keys...)
        values.append(.object(unique(members)))
    }
}

/// Of members with the same key the last one's value, at the place of the first.
private func unique(_ members: [Value.Member]) -> [Value.Member] {
    members.count > 16 ? uniqueOfMany(members) : uniqueOfFew(members)
}

private func uniqueOfFew(_ members: [Value.Member]) -> [Value.Member] {
    var result: [Value.Member] = []
    result.reserveCapacity(members.count)
    for member in members {
        if let place = result.firstIndex(where: { $0.key.isSame(as: member.key) }) {
            result[place].value = member.value
        } else {
            result.append(member)
        }
    }
    return result
}

private func uniqueOfMany(_ members: [Value.Member]) -> [Value.Member] {
    var places: [[UInt8]: Int] = [:]
    places.reserveCapacity(members.count)
    var result: [Value.Member] = []
    result.reserveCapacity(members.count)
    for member in members {
        let key = Array(member.key.utf8)
        if let place = places[key] {
            result[place].value = member.value
        } else {
            places[key] = result.count
            result.append(member)
        }
    }
    return result
}
