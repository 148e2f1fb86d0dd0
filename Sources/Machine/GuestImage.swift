/// What a machine boots: a kernel, and its modules that the guest needs.
public struct GuestImage: Hashable, Sendable {
    /// Absolute.
    public var kernel: String
    /// As its `uname -r` will tell it.
    public var version: String
    /// Why it is this one.
    public var reason: String
    /// Where its modules are; nil: it has none, all is built in.
    public var moduleDirectory: String?
    /// Files of modules, absolute, in the order they are to be inserted in, each after those it depends on.
    public var modules: [String]
    /// The program that becomes the guest's first process: the runtime itself.
    public var agent = "/proc/self/exe"
    /// An initial filesystem in place of the runtime's own (`vm.kernel.initrd`); nil: the runtime's own.
    public var foreignInitrd: String?

    /// The modules of a kernel that can be a guest, as far as they are not built in. virtio_net may be missing: there is no network then.
    static let needed = ["virtio_pci", "virtio_console", "virtiofs"]
    static let wanted = ["virtio_net"]
}
