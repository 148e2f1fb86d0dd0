internal import Kernel
internal import Lifecycle

/// Why the program fails, in one sentence.
struct Failure: Error, Hashable, CustomStringConvertible {
    let description: String
    /// What the program exits with.
    var code: Int32 = 1

    init(_ description: String, code: Int32 = 1) {
        self.description = description
        self.code = code
    }

    init(_ error: LifecycleError) { description = error.description }

    init(_ error: SyscallError) { description = error.description }
}
