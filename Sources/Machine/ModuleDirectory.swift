internal import Kernel

/// `lib/modules/VERSION` of a kernel, as depmod(8) has indexed it.
struct ModuleDirectory {
    let path: String
    private let kernel: String
    private let version: String
    /// By a module's name, with underscores: its file, and those it depends on, both relative to `path`, the deepest dependency last.
    private var files: [String: (file: String, dependencies: [String])] = [:]
    private var builtIn: Set<String> = []

    /// nil: there is none, and the kernel must have built in what is needed.
    init?(of kernel: String, _ version: String) throws(MachineError) {
        let places = [Path.join(Path.parent(kernel), "lib/modules", version), "/lib/modules/" + version]
        guard let index = try firstExisting(places.map { $0 + "/modules.dep" }) else { return nil }
        let found = Path.parent(index)
        path = found
        self.kernel = kernel
        self.version = version
        let (dependencies, builtIn) = try step("read the modules of \(found)") { () throws(SyscallError) in
            (try readText(found + "/modules.dep", limit: 64 << 20), try readText(found + "/modules.builtin", limit: 16 << 20))
        }
        for line in dependencies.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let file = String(line[..<colon])
            files[moduleName(file)] = (file, line[line.index(after: colon)...].split(separator: " ").map(String.init))
        }
        for line in builtIn.split(separator: "\n") { self.builtIn.insert(moduleName(String(line))) }
    }

    /// The files of the modules and all they depend on, absolute, in the order of insertion.
    func closure(of needed: [String], _ wanted: [String]) throws(MachineError) -> [String] {
        var closure: [String] = []
        for name in needed + wanted where !builtIn.contains(name) {
            guard let module = files[name] else {
                if wanted.contains(name) { continue }
                throw .unfit("kernel \(version) cannot be a guest's: it has no module \(name) in \(path), and does not have it built in")
            }
            for file in module.dependencies.reversed() + [module.file] {
                let file = file.hasPrefix("/") ? file : "\(path)/\(file)"
                if !closure.contains(file) { closure.append(file) }
            }
        }
        if let compressed = closure.first(where: { !$0.hasSuffix(".ko") }) { try checkDecompression(of: compressed) }
        return closure
    }

    /// The kernel inserts compressed modules itself, if it was built to, from Linux 5.17 on (finit_module(2)).
    private func checkDecompression(of file: String) throws(MachineError) {
        guard let configuration = try KernelConfiguration(of: kernel, version) else { return }
        let format = file.hasSuffix(".xz") ? "XZ" : file.hasSuffix(".zst") ? "ZSTD" : "GZIP"
        guard configuration.has("MODULE_DECOMPRESS"), configuration.has("MODULE_COMPRESS_\(format)") else {
            throw .unfit(
                "kernel \(version) cannot be a guest's: its modules are compressed, such as \(file), and says \(configuration.path) it was built "
                    + "without CONFIG_MODULE_DECOMPRESS for that format")
        }
    }
}

/// What lsmod calls the module in a file: the kernel takes `-` for `_`.
private func moduleName(_ file: String) -> String {
    let name = file.utf8.split(separator: UInt8(ascii: "/")).last.map { Substring($0) } ?? ""
    let stem = name.prefix { $0 != "." }
    return String(String.UnicodeScalarView(stem.unicodeScalars.map { $0 == "-" ? "_" : $0 }))
}
