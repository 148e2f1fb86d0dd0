internal import Kernel
internal import Launch

/// Makes the program's own file unreachable for writing before it clones a container; executes the program again where it has to.
///
/// Returns when the file is safe. See docs/decisions/0006-own-binary.md.
public func protectOwnExecutable(_ arguments: [String]) throws(LifecycleError) {
    do throws(SyscallError) { try protectExecutable(arguments) } catch {
        throw LifecycleError("protect the own executable: \(error)")
    }
}
