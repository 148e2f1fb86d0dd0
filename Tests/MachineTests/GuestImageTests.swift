import Machine
import Spec
import TestKit
import Testing

/// The kernel and its modules, in directories as distributions have them.
@Suite(.machineUnchanged) struct GuestImageTests {
    private static let needed = ["virtio_pci", "virtio_console", "virtiofs", "virtio_net"]

    /// A directory with a kernel called by its version, and an index of modules.
    private func guest(_ dependencies: String, builtIn: [String] = [], ending: String = "") throws -> String {
        let directory = try Scratch.required().directory + "/" + Scratch.required().unique("guest")
        for path in ["", "/lib", "/lib/modules", "/lib/modules/9.8.7"] { try Files.makeDirectory(directory + path) }
        try Files.write(directory + "/vmlinuz-9.8.7", "a kernel for no processor")
        try Files.write(directory + "/lib/modules/9.8.7/modules.dep", dependencies)
        try Files.write(
            directory + "/lib/modules/9.8.7/modules.builtin", builtIn.map { "kernel/\($0).ko\n" }.joined())
        return directory
    }

    private func image(_ directory: String) throws -> GuestImage {
        var settings = HostSettings()
        settings.kernel = directory + "/vmlinuz-9.8.7"
        return try GuestImage.find(settings)
    }

    private func refusal(_ directory: String) throws -> String {
        do { _ = try image(directory) } catch let error as MachineError { return "\(error)" }
        return ""
    }

    @Test func `modules come after all they depend on, once, and what is built in does not come`() throws {
        let directory = try guest(
            """
            kernel/d/virtio_pci.ko: kernel/d/virtio-pci-dev.ko kernel/d/virtio.ko kernel/d/virtio_ring.ko
            kernel/d/virtio.ko: kernel/d/virtio_ring.ko
            kernel/d/virtio_ring.ko:
            kernel/f/virtiofs.ko: kernel/f/fuse.ko kernel/d/virtio.ko kernel/d/virtio_ring.ko
            kernel/f/fuse.ko:
            kernel/n/virtio-net.ko: kernel/d/virtio.ko kernel/d/virtio_ring.ko
            kernel/x/unneeded.ko:
            """, builtIn: ["drivers/char/virtio_console"])
        let image = try image(directory)
        #expect(image.version == "9.8.7")
        let place = directory + "/lib/modules/9.8.7/kernel/"
        #expect(
            image.modules
                == ["d/virtio_ring", "d/virtio", "d/virtio-pci-dev", "d/virtio_pci", "f/fuse", "f/virtiofs", "n/virtio-net"].map {
                    "\(place)\($0).ko"
                })
    }

    @Test func `a kernel that lacks what a guest needs is refused, but for the network`() throws {
        let directory = try guest("kernel/virtiofs.ko:\n", builtIn: ["virtio_pci"])
        let refusal = try refusal(directory)
        #expect(refusal.hasPrefix("kernel 9.8.7 cannot be a guest's: it has no module virtio_console in "), "\(refusal)")
        #expect(try image(guest("", builtIn: ["virtio_pci", "virtio_console", "virtiofs"])).modules == [])
    }

    @Test func `compressed modules are for a kernel that says it can insert them`() throws {
        let modules = Self.needed.map { "kernel/\($0).ko.zst:\n" }.joined()
        let directory = try guest(modules)
        // It does not say.
        #expect(try image(directory).modules.count == 4)
        try Files.write(directory + "/config-9.8.7", "CONFIG_MODULE_COMPRESS_ZSTD=y\n# CONFIG_MODULE_DECOMPRESS is not set\n")
        #expect(try refusal(directory).contains("without CONFIG_MODULE_DECOMPRESS"))
        try Files.write(directory + "/config-9.8.7", "CONFIG_MODULE_COMPRESS_XZ=y\nCONFIG_MODULE_DECOMPRESS=y\n")
        #expect(try refusal(directory).contains("without CONFIG_MODULE_DECOMPRESS"))
        try Files.write(directory + "/config-9.8.7", "CONFIG_MODULE_COMPRESS_ZSTD=y\nCONFIG_MODULE_DECOMPRESS=y\n")
        #expect(try image(directory).modules.count == 4)
    }

    @Test func `config json decides before the host's settings`() throws {
        let directory = try guest("", builtIn: ["virtio_pci", "virtio_console", "virtiofs"])
        var settings = HostSettings()
        settings.kernel = "/nowhere/vmlinuz"
        var vm = VirtualMachine()
        vm.kernel.path = directory + "/vmlinuz-9.8.7"
        vm.kernel.initrd = "/other/initrd"
        let image = try GuestImage.find(settings, vm)
        #expect(image.kernel == vm.kernel.path)
        #expect(image.reason == "vm.kernel.path of config.json")
        #expect(image.foreignInitrd == "/other/initrd")
        #expect(throws: MachineError.self) { try GuestImage.find(settings) }
    }

    @Test(.enabled(if: Files.exists(Repository.path(".build/guest/kernel/vmlinuz")), "no guest kernel here"))
    func `a kernel for x86 tells its own version`() throws {
        var settings = HostSettings()
        settings.guestDirectory = Repository.path(".build/guest/kernel")
        let image = try GuestImage.find(settings)
        #expect(image.version + "\n" == Files.text(Repository.path(".build/guest/kernel/version")))
        #expect(image.modules.last?.hasSuffix("/virtio_net.ko") == true)
    }
}
