import TestKit
import Testing

/// What the machines of these tests are made of.
enum Machines {
    private static let guest = Repository.path(".build/guest/kernel")
    static let canBoot =
        Host.isRoot && Files.exists(guest + "/vmlinuz") && Files.exists("/usr/bin/qemu-system-x86_64")
        && ["/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd"].contains { Files.exists($0) }
    static let missing: Comment = "needs root, the guest's kernel, QEMU and virtiofsd"

    /// The settings, in the room's own /etc: machines are small, and slow on a busy host.
    static func prepare(_ room: Room) throws {
        try Files.makeDirectory(room.path("/etc/swiftrun"))
        try Files.write(
            room.path("/etc/swiftrun/config.json"), #"{"guestDirectory": "\#(guest)", "memory": 256, "bootTimeout": 120}"# + "\n")
    }
}
