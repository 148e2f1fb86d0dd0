internal import Kernel

extension GuestImage {
    /// Writes a guest directory for a package: `vmlinuz`, of `lib/modules/VERSION` what a guest needs, the kernel's `config` where there is
    /// one, and the whole `initrd` for a look. The directory must not be there; when it cannot be made, it is not there either.
    public func build(_ directory: String) throws(MachineError) {
        let place = Place(directory)
        do throws(MachineError) { try build(in: place) } catch {
            try step("take back \(directory)") { () throws(SyscallError) in try place.remove() }
            throw error
        }
    }

    private func build(in place: Place) throws(MachineError) {
        let initrd = try initrd()
        try step("build a guest in \(place.path)") { () throws(SyscallError) in
            try place.make("")
            try place.copy(kernel, to: "vmlinuz")
            try rewind(initrd)
            try place.copy(initrd, to: "initrd")
        }
        if let configuration = try KernelConfiguration(of: kernel, version) {
            try step("copy \(configuration.path)") { () throws(SyscallError) in try place.copy(configuration.path, to: "config") }
        }
        guard let moduleDirectory else { return }
        try step("copy the modules of \(moduleDirectory)") { () throws(SyscallError) in
            let target = "lib/modules/\(version)"
            for name in ["lib", "lib/modules", target] { try place.make(name) }
            try place.copy(moduleDirectory + "/modules.builtin", to: target + "/modules.builtin")
            for file in modules {
                let name = relative(file, moduleDirectory)
                var parent = target
                for level in Path.components(Path.parent(name)) where level != "." {
                    parent += "/" + level
                    try ignoring(.exists) { () throws(SyscallError) in try place.make(parent) }
                }
                try place.copy(file, to: "\(target)/\(name)")
            }
            try place.write(dependencies(moduleDirectory), to: target + "/modules.dep")
        }
    }

    /// Each depends on all before it: no index of its own is needed for so few.
    private func dependencies(_ moduleDirectory: String) -> String {
        let names = modules.map { relative($0, moduleDirectory) }
        return names.indices.map { "\(names[$0]):" + names[..<$0].reversed().map { " " + $0 }.joined() + "\n" }.joined()
    }
}

private func relative(_ file: String, _ directory: String) -> String { String(file.utf8.dropFirst(directory.utf8.count + 1)) ?? file }

/// A directory that is being made.
private final class Place {
    let path: String
    private var made: [(path: String, isDirectory: Bool)] = []

    init(_ path: String) { self.path = path }

    func make(_ name: String) throws(SyscallError) {
        try makeDirectory(full(name), permissions: 0o755)
        made.append((full(name), true))
    }

    func copy(_ source: String, to name: String) throws(SyscallError) { try copy(open(source, .readOnly), to: name) }

    func copy(_ source: borrowing OwnedFD, to name: String) throws(SyscallError) { try Kernel.copy(source, to: create(name)) }

    func write(_ text: String, to name: String) throws(SyscallError) { try Kernel.write(text, to: create(name)) }

    /// The last first.
    func remove() throws(SyscallError) {
        for (path, isDirectory) in made.reversed() {
            if isDirectory { try removeDirectory(path) } else { try removeFile(path) }
        }
    }

    private func create(_ name: String) throws(SyscallError) -> OwnedFD {
        let file = try open(full(name), [.writeOnly, .create, .exclusive], permissions: 0o644)
        made.append((full(name), false))
        return file
    }

    private func full(_ name: String) -> String { Path.join(path, name) }
}
