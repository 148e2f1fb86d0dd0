internal import Kernel

/// The running kernel's own id; empty where it cannot be known.
///
/// A container engine may have mounted over /proc/sys in the container that we run in: what is there is not to be trusted.
func bootID() throws(SyscallError) -> String {
    do throws(SyscallError) {
        return String(try ProcFS.open().readText("sys/kernel/random/boot_id").prefix { !$0.isNewline })
    } catch {
        switch error.errno {
        case .crossDevice, .noEntry, .accessDenied: return ""
        default: throw error
        }
    }
}
