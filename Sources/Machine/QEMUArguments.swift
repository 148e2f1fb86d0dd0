internal import GuestPlan

/// QEMU's command line. Whatever it needs of the host it has as a descriptor.
struct QEMUArguments {
    /// Of the descriptors QEMU is handed.
    struct Numbers {
        let console: Int32
        let link: Int32
        let monitor: Int32
        let kernel: Int32
        let initrd: Int32
        let files: Int32?
    }

    let list: [String]

    init(_ specification: MachineSpecification, _ architecture: Architecture, _ numbers: Numbers) {
        var list = ["qemu", "-name", specification.name, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"]
        list += Self.confinement + Self.machine(specification, architecture)
        list += [
            "-kernel", "/proc/self/fd/\(numbers.kernel)", "-initrd", "/proc/self/fd/\(numbers.initrd)", "-append",
            Self.commandLine(specification, architecture),
        ]
        list += [
            "-add-fd", "set=1,fd=\(numbers.console)", "-chardev", "file,id=console,path=/dev/fdset/1,append=on",
            "-serial", "chardev:console",
            "-chardev", "socket,id=monitor,fd=\(numbers.monitor)", "-mon", "chardev=monitor,mode=control",
            "-chardev", "socket,id=link,fd=\(numbers.link)", "-device", "virtio-serial-pci,disable-legacy=on,max_ports=2",
            "-device", "virtserialport,chardev=link,name=agent",
        ]
        if let files = numbers.files {
            list += [
                "-chardev", "socket,id=files,fd=\(files)", "-device",
                "vhost-user-fs-pci,chardev=files,tag=\(MachineSpecification.shareTag)",
            ]
        }
        list += ["-device", "pcie-pci-bridge,id=\(Self.interfaceBus)"]
        self.list = list + specification.hypervisorParameters
    }

    /// A bus with slots from 1 on, for interfaces that come later: the first bus takes no device once it runs, and of ports that do each would
    /// take its share of the boot.
    static let interfaceBus = "interfaces"

    /// No program, no privilege, no other scheduling: what a guest that has taken QEMU over would reach for first.
    private static let confinement = ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"]

    /// The memory is a file that virtiofsd can map as well.
    private static func machine(_ specification: MachineSpecification, _ architecture: Architecture) -> [String] {
        let (accelerator, processor) =
            specification.accelerator.kind == .kvm ? ("kvm", "host") : ("tcg,thread=multi", architecture.translatedProcessor)
        let memory = "\(specification.size.memory)M"
        return [
            "-M", architecture.machine + ",memory-backend=memory", "-accel", accelerator, "-cpu", processor, "-smp",
            "\(specification.size.vcpus)", "-m", memory, "-object", "memory-backend-memfd,id=memory,size=\(memory),share=on",
        ]
    }

    /// What need not be done at boot (bench/boot.sh has what each is worth): trying the clock against others, tests of ciphers, looking for
    /// serial ports, waiting for grace periods, and security modules that no container of a guest can use.
    private static let haste = [
        "tsc=reliable", "cryptomgr.notests", "8250.nr_uarts=1", "rcupdate.rcu_expedited=1", "random.trust_cpu=on", "audit=0",
        "lsm=landlock,yama,bpf",
    ]

    /// A panic ends the machine (`-no-reboot`). Under TCG on a busy host the kernel's test of the timer fails, and panics.
    private static func commandLine(_ specification: MachineSpecification, _ architecture: Architecture) -> String {
        var words = ["console=\(architecture.console)", "panic=-1", "quiet", "loglevel=4"] + Self.haste
        if specification.accelerator.kind == .tcg { words.append("no_timer_check") }
        return (words + specification.kernelParameters).joined(separator: " ")
    }
}
