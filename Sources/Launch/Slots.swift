internal import CLinux
internal import Kernel
internal import Stage
internal import Steps

/// The descriptors a child will find in its slots, owned by the parent until it lets go of them.
@safe final class Slots {
    let table: UnsafeMutablePointer<Int32>
    /// The lowest number of a descriptor here: those below it are for the program to find.
    let floor: Int32
    private let count: Int

    init(count: Int32, floor: Int32 = 3) {
        self.count = Int(count)
        self.floor = floor
        unsafe table = UnsafeMutablePointer<Int32>.allocate(capacity: Int(count))
        unsafe table.initialize(repeating: -1, count: Int(count))
    }

    deinit {
        for index in 0..<count where unsafe table[index] >= 0 { _ = unsafe clinux_close(table[index]) }
        unsafe table.deallocate()
    }

    func put(_ fd: consuming OwnedFD, in slot: Slot) {
        precondition(unsafe table[Int(slot.index)] < 0, "slot \(slot.index) is filled twice")
        unsafe table[Int(slot.index)] = fd.release()
    }

    /// The numbers from `first` on that no slot has.
    func gaps(from first: UInt32) -> [DescriptorRange] {
        var held: [UInt32] = []
        for index in 0..<count where unsafe table[index] >= 0 { held.append(UInt32(unsafe table[index])) }
        var result: [DescriptorRange] = []
        var next = first
        for fd in held.sorted() where fd >= next {
            if fd > next { result.append(DescriptorRange(first: next, last: fd - 1)) }
            next = fd + 1
        }
        result.append(DescriptorRange(first: next, last: UInt32.max))
        return result
    }

    /// Closes the parent's copy of what the child alone is to hold.
    func close(_ slot: Slot) {
        let fd = unsafe table[Int(slot.index)]
        if fd >= 0 { _ = clinux_close(fd) }
        unsafe table[Int(slot.index)] = -1
    }
}
