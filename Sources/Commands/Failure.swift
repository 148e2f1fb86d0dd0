internal import Kernel
internal import Lifecycle

/// Why the program fails, in one sentence.
struct Failure: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ error: LifecycleError) { description = error.description }

    init(_ error: SyscallError) { description = error.description }
}
