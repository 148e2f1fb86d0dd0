/// Answers ENOSYS to system calls that are newer than the profile.
///
/// A C library probes for new system calls and falls back on ENOSYS only: an EPERM or a kill from a profile written before the call
/// existed breaks it. So whatever has a number above the highest one the profile names gets ENOSYS instead of the default
/// action, per architecture. These instructions stand before the exported program, whose jumps are all relative.
func unknownCallStub(_ highest: [Architecture: UInt32]) -> [Instruction] {
    let byAuditValue = Dictionary(grouping: highest.keys, by: \.auditValue).sorted { $0.key < $1.key }
    var sections: [[Instruction]] = []
    for (auditValue, architectures) in byAuditValue {
        var body: [Instruction] = [.load(.number)]
        for row in architectures.sorted(by: { $0.first < $1.first }) {
            if let number = highest[row] { body += answerUnknown(in: row, above: number) }
        }
        // One more for the jump that `chain` puts behind each section.
        sections.append([.skipUnlessEqual(auditValue, UInt8(body.count + 1))] + body)
    }
    return chain(sections)
}

/// SECCOMP_RET_ERRNO with ENOSYS.
private let noSuchCall: UInt32 = 0x0005_0000 | 38

/// Answers, or falls through with A untouched.
private func answerUnknown(in row: Architecture, above highest: UInt32) -> [Instruction] {
    guard let end = row.end else { return [.skipUnlessGreater(highest, 1), .answer(noSuchCall)] }
    return [.skipUnlessGreater(highest, 2), .skipIfAtLeast(end, 1), .answer(noSuchCall)]
}

private func chain(_ sections: [[Instruction]]) -> [Instruction] {
    var stub: [Instruction] = []
    // From the last to the first: a section that matched must know how far it is to the exported program.
    for section in sections.reversed() { stub = section + [.jump(stub.count)] + stub }
    return stub.isEmpty ? [] : [.load(.architecture)] + stub
}
