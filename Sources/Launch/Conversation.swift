internal import Kernel
internal import Steps

/// What the child said next.
enum Word {
    case failed(step: Int, value: Int32)
    case milestone(Milestone)
    case forked(pid: Int32)
    case terminal
    case listener(fd: Int32)
    /// With the tree, for this slot.
    case mappedTree(slot: Int32)
    /// The other end is closed: the child is gone, or has executed.
    case silence
}

/// Receives one report; a descriptor that came along goes to `descriptor`.
func listen(_ conversation: borrowing OwnedFD, _ descriptor: inout OwnedFD?) throws(SyscallError) -> Word {
    let message = try receive(conversation, count: MemoryLayout<Report>.size)
    let bytes = message.bytes
    guard bytes.count == MemoryLayout<Report>.size else { return .silence }
    let subject = number(bytes[0..<4])
    let value = number(bytes[4..<8])
    switch subject {
    case Report.milestone:
        for milestone in Milestone.allCases where milestone.code == value { return .milestone(milestone) }
        return .silence
    case Report.forked: return .forked(pid: value)
    case Report.terminal:
        descriptor = message.descriptor
        return .terminal
    case Report.listener: return .listener(fd: value)
    case Report.mappedTree:
        descriptor = message.descriptor
        return .mappedTree(slot: value)
    default: return .failed(step: Int(subject), value: value)
    }
}

/// Lets the child go on.
func answer(_ conversation: borrowing OwnedFD) throws(SyscallError) { _ = try send([1], on: conversation) }

/// The child shares our byte order.
func number(_ bytes: ArraySlice<UInt8>) -> Int32 {
    var result: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
        #if _endian(little)
            result |= UInt32(byte) << UInt32(index * 8)
        #else
            result = result << 8 | UInt32(byte)
        #endif
    }
    return Int32(bitPattern: result)
}
