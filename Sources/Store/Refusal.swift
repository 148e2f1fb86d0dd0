internal import Kernel

/// Does `body` and says of a refusal what was being done.
func during<Result: ~Copyable>(
    _ act: @autoclosure () -> String, _ body: () throws(SyscallError) -> Result
) throws(StoreError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .refused(act(), error) }
}

/// The same, where ENOENT tells that there is no such container.
func finding<Result: ~Copyable>(
    _ act: @autoclosure () -> String, _ body: () throws(SyscallError) -> Result
) throws(StoreError) -> Result {
    do throws(SyscallError) { return try body() } catch {
        throw error.errno == .noEntry ? .missing : .refused(act(), error)
    }
}
