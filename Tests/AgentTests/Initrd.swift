import TestKit

/// The initial filesystem of a guest: the runtime's binary as /init, modules, and a root filesystem for containers.
struct Initrd {
    private(set) var bytes: [UInt8] = []
    private var count = 0

    /// With the modules that `modprobe` finds to be needed, in their order.
    init(binary: String, kernel: String) throws {
        let version = Files.text(kernel + "/version").split(separator: "\n").first.map(String.init) ?? ""
        var modules: [String] = []
        for name in ["virtio_pci", "virtio_console", "virtio_net", "overlay"] {
            let shown = try execute(["modprobe", "--dirname", kernel, "--set-version", version, "--show-depends", name])
            for line in shown.output.split(separator: "\n") where line.hasPrefix("insmod ") {
                let path = String(line.split(separator: " ")[1])
                if !modules.contains(path) { modules.append(path) }
            }
        }
        for name in ["dev", "modules", "proc", "proc/self", "rootfs"] + ["bin", "dev", "proc", "sys", "tmp"].map({ "rootfs/" + $0 }) {
            add(name, 0o40755)
        }
        add("dev/console", 0o20600, device: (5, 1))
        add("proc/self/exe", 0o120777, Array("/init".utf8))
        add("init", 0o100755, Files.read(binary) ?? [])
        for path in modules { add("modules/" + name(path), 0o100644, Files.read(path) ?? []) }
        add("modules.list", 0o100644, Array(modules.map { "/modules/\(name($0))\n" }.joined().utf8))
        add("rootfs/bin/busybox", 0o100755, Files.read("/bin/busybox") ?? [])
        for tool in ["cat", "dd", "echo", "head", "ip", "nc", "sh", "sleep", "stty", "tail", "wc", "yes"] {
            add("rootfs/bin/" + tool, 0o120777, Array("busybox".utf8))
        }
        add("TRAILER!!!", 0)
    }

    private func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    /// An entry of the `newc` format (the kernel's buffer-format.rst).
    private mutating func add(_ name: String, _ mode: Int, _ contents: [UInt8] = [], device: (Int, Int) = (0, 0)) {
        count += 1
        let fields = [count, mode, 0, 0, 1, 0, contents.count, 0, 0, device.0, device.1, name.utf8.count + 1, 0]
        bytes += Array("070701".utf8)
        for field in fields {
            let digits = String(field, radix: 16)
            bytes += Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        }
        bytes += Array(name.utf8) + [0]
        pad()
        bytes += contents
        pad()
    }

    private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }
}
