internal import Kernel

/// What of QEMU's command line depends on the processor. The guest's is the host's.
struct Architecture {
    /// Where QEMU may be.
    let places: [String]
    /// `-M`, without the memory.
    let machine: String
    /// `-cpu` without a processor of the host's: on x86 without the promise that moving a byte at a time is fast, which the guest's kernel
    /// would lean on, and which is what translation makes slow.
    let translatedProcessor: String
    /// The device of the guest's console.
    let console: String

    init() throws(MachineError) {
        let machine = try step("look at the processor") { () throws(SyscallError) in try KernelRelease.current().machine }
        places = ["/usr/bin/qemu-system-\(machine)", "/usr/libexec/qemu-kvm", "/usr/bin/qemu-kvm"]
        switch machine {
        case "x86_64":
            self.machine = "q35,usb=off,sata=off,smbus=off,vmport=off,hpet=off,i8042=off"
            translatedProcessor = "max,-erms,-fsrm"
            console = "ttyS0"
        case "aarch64":
            self.machine = "virt,gic-version=max,usb=off"
            translatedProcessor = "max"
            console = "ttyAMA0"
        default: throw .unfit("virtual machines are not supported on \(machine)")
        }
    }
}
