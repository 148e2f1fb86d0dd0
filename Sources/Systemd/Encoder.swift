/// Lays values out in little-endian order (D-Bus specification, "Marshaling").
struct Encoder {
    private(set) var bytes: [UInt8] = []

    /// Zeros up to the next multiple of `boundary`.
    mutating func pad(to boundary: Int) {
        while bytes.count % boundary != 0 { bytes.append(0) }
    }

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        let size = Number.bitWidth / 8
        pad(to: size)
        for shift in 0..<size { bytes.append(UInt8(truncatingIfNeeded: number >> (shift * 8))) }
    }

    mutating func put(_ value: BusValue) {
        switch value {
        case .byte(let number): put(number)
        case .boolean(let bool): put(UInt32(bool ? 1 : 0))
        case .int16(let number): put(number)
        case .uint16(let number): put(number)
        case .int32(let number): put(number)
        case .uint32(let number): put(number)
        case .int64(let number): put(number)
        case .uint64(let number): put(number)
        case .double(let number): put(number.bitPattern)
        case .string(let text), .objectPath(let text):
            put(UInt32(text.utf8.count))
            bytes += text.utf8
            bytes.append(0)
        case .signature(let text): putSignature(text)
        case .array(let type, let elements): putArray(type, elements)
        case .structure(let members):
            pad(to: 8)
            for member in members { put(member) }
        case .entry(let key, let value):
            pad(to: 8)
            put(key)
            put(value)
        case .variant(let value):
            putSignature(value.type)
            put(value)
        }
    }

    private mutating func putSignature(_ text: String) {
        bytes.append(UInt8(truncatingIfNeeded: text.utf8.count))
        bytes += text.utf8
        bytes.append(0)
    }

    private mutating func putArray(_ type: String, _ elements: [BusValue]) {
        put(UInt32(0))
        let length = bytes.count - 4
        pad(to: alignment(type[...].utf8))
        // The padding before the first element is there even without one, and is not counted.
        let start = bytes.count
        for element in elements { put(element) }
        let count = UInt32(bytes.count - start)
        for shift in 0..<4 { bytes[length + shift] = UInt8(truncatingIfNeeded: count >> (shift * 8)) }
    }
}
