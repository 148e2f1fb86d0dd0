import Stage
import Steps
import Testing

/// The child copies steps as bits and tells its failures in one write.
@Suite struct ShapeTests {
    @Test func `a step is plain bits`() {
        #expect(_isPOD(Step.self))
        #expect(_isPOD(Child.self))
        // As large as a mount with its four texts, four masks and three slots, 121 bytes; the longest plans have a few hundred.
        #expect(MemoryLayout<Step>.stride <= 128)
    }

    // pipe(7): what is no longer than PIPE_BUF is written whole; both ends count on these 8 bytes.
    @Test func `a report is 8 bytes`() {
        #expect(MemoryLayout<Report>.size == 8)
        #expect(MemoryLayout<Report>.stride == 8)
        #expect(MemoryLayout<Report>.offset(of: \.subject) == 0)
        #expect(MemoryLayout<Report>.offset(of: \.value) == 4)
    }

    @Test func `what a report says is never taken for a step's number`() {
        let subjects = [Report.milestone, Report.forked, Report.terminal, Report.listener, Report.mappedTree, Report.executing]
        #expect(subjects.allSatisfy { $0 < 0 })
        #expect(Set(subjects).count == subjects.count)
        #expect(Set(Milestone.allCases.map(\.code)).count == Milestone.allCases.count)
        // MAX_ERRNO of linux/err.h
        #expect(Report.hookEnd > 4095 && Report.hookSignaled > 255)
    }

    @Test func `named slots differ and come before those of a plan`() {
        let slots: [Slot] = [.root, .proc, .sync, .gate, .report, .null, .emptyDirectory, .hookOutput, .staging]
        #expect(slots.map(\.index) == Array(0..<Slot.firstFree))
    }
}
