internal import JSON

extension Reader {
    /// The id map `key` as the kernel takes it (user_namespaces(7)): at most 340 lines, no overlap on either side.
    func idMappings(_ key: String) throws(JSONError) -> [IDMapping] {
        guard let reader = try member(key) else { return [] }
        let mappings = try self.list(key, readIDMapping)
        if mappings.count > 340 { throw reader.fault("must have at most 340 lines, has \(mappings.count)") }
        for (index, mapping) in mappings.enumerated() {
            for (other, earlier) in mappings[..<index].enumerated() {
                for (side, start) in [("containerID", \IDMapping.containerID), ("hostID", \IDMapping.hostID)]
                where overlap(mapping, earlier, start) {
                    throw try reader.elements()[index].fault(at: side, "overlaps with line \(other)")
                }
            }
        }
        return mappings
    }
}

private func readIDMapping(_ reader: Reader) throws(JSONError) -> IDMapping {
    let containerID = try reader.required("containerID").id()
    let hostID = try reader.required("hostID").id()
    let sizeReader = try reader.required("size")
    let size: UInt32 = try sizeReader.integer(in: 1...UInt32.max)
    // The last id, 4294967295, belongs to no map: it stands for "none" (user_namespaces(7)).
    if size > UInt32.max - max(containerID, hostID) {
        throw sizeReader.mustBe("at most \(UInt32.max - max(containerID, hostID)) for ids below 4294967295")
    }
    return IDMapping(containerID: containerID, hostID: hostID, size: size)
}

private func overlap(_ one: IDMapping, _ other: IDMapping, _ start: KeyPath<IDMapping, UInt32>) -> Bool {
    let (first, second) = (one[keyPath: start], other[keyPath: start])
    return first < second ? second - first < one.size : first - second < other.size
}
