/// A named place for a descriptor that the child holds: filled by the parent before the clone or by a step.
public struct Slot: BitwiseCopyable, Hashable, Sendable {
    public let index: Int32

    @inlinable public init(index: Int32) { self.index = index }

    /// The container's root file system, from `attachRoot` on.
    @inlinable public static var root: Slot { Slot(index: 0) }
    /// A verified /proc of the host, for the runtime's own reads and writes (CVE-2025-52881).
    @inlinable public static var proc: Slot { Slot(index: 1) }
    /// The conversation with the parent, until the gate.
    @inlinable public static var sync: Slot { Slot(index: 2) }
    /// The fifo whose first byte is `start`.
    @inlinable public static var gate: Slot { Slot(index: 3) }
    /// The fifo on which a failure after the gate is told; closed by a successful exec.
    @inlinable public static var report: Slot { Slot(index: 4) }
    /// A verified null device inside the container, opened by `openNullDevice`.
    @inlinable public static var null: Slot { Slot(index: 5) }
    /// The empty directory that hides others: a mount of its own, from `attachStaging` on.
    @inlinable public static var emptyDirectory: Slot { Slot(index: 6) }
    /// Where hooks inside the container write; the parent quotes it when one fails.
    @inlinable public static var hookOutput: Slot { Slot(index: 7) }
    /// A directory of the child's own, where file systems are mounted before they get their place.
    @inlinable public static var staging: Slot { Slot(index: 8) }
    /// The first of those a plan numbers itself.
    @inlinable public static var firstFree: Int32 { 9 }
}
