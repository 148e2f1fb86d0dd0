import CLinux

/// Inserts the kernel module in `file`, which may be compressed as the name's ending says. EEXIST when it is there.
///
/// The corresponding system call is `finit_module(2)`.
public func insertModule(_ path: String) throws(SyscallError) {
    let file = try open(path, .readOnly)
    let raw = file.raw
    let flags = path.hasSuffix(".ko") ? 0 : Int32(CLINUX_MODULE_INIT_COMPRESSED_FILE)
    try call("finit_module", path) { unsafe clinux_finit_module(raw, "", flags) }
}

/// The corresponding system call is `sethostname(2)`.
public func setHostname(_ name: String) throws(SyscallError) {
    let count = name.utf8.count
    try call("sethostname", name) { unsafe clinux_sethostname(name, count) }
}

/// Sets the realtime clock. The corresponding system call is `clock_settime(2)`.
public func setClock(to time: Timestamp) throws(SyscallError) {
    try call("clock_settime") { clinux_clock_set_realtime(time.seconds, time.nanoseconds) }
}

/// Writes what all filesystems have in memory. The corresponding system call is `sync(2)`.
public func synchronizeAll() { _ = clinux_sync() }

/// Brings the loopback interface of this process's network namespace up.
///
/// The corresponding system call is `ioctl(2)` with `SIOCSIFFLAGS`.
public func bringLoopbackUp() throws(SyscallError) {
    let type = Int32(CLINUX_SOCK_DGRAM) | Int32(CLINUX_SOCK_CLOEXEC)
    let socket = OwnedFD(adopting: try call("socket") { clinux_socket(Int32(CLINUX_AF_INET), type, 0) })
    let raw = socket.raw
    try call("ioctl", "SIOCSIFFLAGS lo") { clinux_loopback_up(raw) }
}

/// Ends this machine at once; by a restart where there is nothing that could switch it off. Nothing is written before.
///
/// The corresponding system call is `reboot(2)`.
public func powerOff() throws(SyscallError) -> Never {
    _ = clinux_reboot(UInt32(LINUX_REBOOT_CMD_POWER_OFF))
    try call("reboot") { clinux_reboot(UInt32(LINUX_REBOOT_CMD_RESTART)) }
    exitProcess(1)
}
