internal import CLinux
internal import Kernel
internal import Steps

/// The descriptors a child will find in its slots, owned by the parent until it lets go of them.
@safe final class Slots {
    let table: UnsafeMutablePointer<Int32>
    private let count: Int

    init(count: Int32) {
        self.count = Int(count)
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

    /// Closes the parent's copy of what the child alone is to hold.
    func close(_ slot: Slot) {
        let fd = unsafe table[Int(slot.index)]
        if fd >= 0 { _ = clinux_close(fd) }
        unsafe table[Int(slot.index)] = -1
    }
}
