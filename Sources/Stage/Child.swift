internal import CLinux
public import Steps

/// All that the child has: its steps, its descriptors, and room to work in. Made before the clone; nothing is added after it.
@safe public struct Child: BitwiseCopyable {
    let steps: UnsafeBufferPointer<Step>
    /// Descriptors by slot number, -1 where empty.
    let slots: UnsafeMutablePointer<Int32>
    let scratch: UnsafeMutablePointer<UInt8>
    /// The numbers of descriptors that are the parent's own.
    let foreign: UnsafeBufferPointer<DescriptorRange>
    /// Where a failure is told: the parent's socket, then the report fifo.
    var reportFD: Int32
    /// The index of the program found by `findProgram`.
    var program: Int
    var hasWorkingDirectory: Bool
    /// Whether the user namespace that was joined denies setgroups(2).
    var isSetgroupsDenied: Bool
    /// Whether `emptyDirectory` hides something already: further instances of it are copies.
    var hidesDirectory: Bool

    /// Bytes of `scratch`.
    public static var scratchSize: Int {
        @_noAllocation @_noLocks get { 65536 }
    }

    public init(
        steps: UnsafeBufferPointer<Step>, slots: UnsafeMutablePointer<Int32>, scratch: UnsafeMutablePointer<UInt8>,
        foreign: UnsafeBufferPointer<DescriptorRange>
    ) {
        unsafe self.steps = unsafe steps
        unsafe self.slots = unsafe slots
        unsafe self.scratch = unsafe scratch
        unsafe self.foreign = unsafe foreign
        reportFD = unsafe slots[Int(Slot.sync.index)]
        program = 0
        hasWorkingDirectory = false
        isSetgroupsDenied = false
        hidesDirectory = false
    }

    @_noAllocation @_noLocks
    func fd(_ slot: Slot) -> Int32 { unsafe slots[Int(slot.index)] }

    @_noAllocation @_noLocks
    func fill(_ slot: Slot, _ fd: Int32) { unsafe slots[Int(slot.index)] = fd }
}

/// Descriptors from `first` to `last`.
public struct DescriptorRange: BitwiseCopyable, Hashable, Sendable {
    public let first: UInt32
    public let last: UInt32

    public init(first: UInt32, last: UInt32) {
        self.first = first
        self.last = last
    }
}
