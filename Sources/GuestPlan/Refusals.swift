internal import Spec

/// What cannot cross, wherever the container runs.
func refuse(_ config: Config) throws(GuestPlanError) {
    if let vm = config.vm {
        if vm.image != nil { throw GuestPlanError("/vm/image", "is not supported: the machine's root is made of the runtime itself") }
        if !vm.hardware.deviceTree.isEmpty { throw GuestPlanError("/vm/hwConfig/deviceTree", "is not supported") }
        if vm.hardware.hasHostHardware {
            throw GuestPlanError("/vm/hwConfig", "dtdevs, iomems and irqs are not supported: no hardware of the host is given to a machine")
        }
    }
    for (index, device) in config.linux.devices.enumerated() where !isGuestDevice(device) {
        throw GuestPlanError("/linux/devices/\(index)", "\(device.path): a device of the host cannot be given to a virtual machine")
    }
    if config.linux.hasNetDevices {
        throw GuestPlanError("/linux/netDevices", "an interface of the host cannot be given to a container in a virtual machine")
    }
    if let seccomp = config.linux.seccomp, !seccomp.listenerPath.isEmpty {
        throw GuestPlanError("/linux/seccomp/listenerPath", "a seccomp agent of the host cannot be reached from a virtual machine")
    }
}

/// Whether every kernel has it: those of a container without a list, and fuse, over which the guest has its files.
private func isGuestDevice(_ device: Device) -> Bool {
    if device.kind == .fifo { return true }
    guard device.kind == .character || device.kind == .unbuffered else { return false }
    switch (device.major, device.minor) {
    case (1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (10, 229): return true
    default: return false
    }
}
