import Glibc
import JSON
import TestKit
import Testing

/// What the machines of these tests are made of.
enum Machines {
    static let kernel = Repository.path(".build/guest/kernel/vmlinuz")
    static let canBoot =
        Host.isRoot && Files.exists(kernel) && Files.exists("/usr/bin/qemu-system-x86_64")
        && ["/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd"].contains { Files.exists($0) }
    static let missing: Comment = "needs root, the guest's kernel, QEMU and virtiofsd"
}

/// A bundle whose container is to be in a machine and do `words`.
func sandboxed(_ words: String...) throws -> Bundle {
    let bundle = try Bundle()
    bundle.useMachine(Machines.kernel)
    bundle.config.set("/process/args", Value(["/bin/probe"] + words))
    return bundle
}

/// The processes that `words` in their command line tell to be of the container's cgroup: supervisor, machine, file server, proxies.
func processes(of bundle: Bundle, _ words: String) -> [Int] {
    processes(inCgroup: bundle.cgroup).filter { Files.text("/proc/\($0)/cmdline").hasPrefix(words) }
}
