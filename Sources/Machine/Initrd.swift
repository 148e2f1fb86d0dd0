public import Kernel

extension GuestImage {
    /// The initial filesystem: the agent as `/init`, and the modules.
    ///
    /// A file in memory, made anew for each machine: putting it together takes as long as comparing a kept one with what it was made
    /// of, and leaves nothing that could be stale.
    public func initrd() throws(MachineError) -> OwnedFD {
        if let foreignInitrd {
            return try step("read \(foreignInitrd)") { () throws(SyscallError) in try inMemory("initrd", open(foreignInitrd, .readOnly)) }
        }
        return try step("make the guest's initial filesystem") { () throws(SyscallError) in
            var archive = Archive(try makeMemoryFile("initrd"))
            for name in ["dev", "modules", "proc", "proc/self"] { try archive.add(directory: name) }
            try archive.add(terminal: "dev/console", major: 5, minor: 1)
            // A static program of Swift ends before main where it cannot read its own path here.
            try archive.add(link: "proc/self/exe", to: "/init")
            try archive.add(file: "init", 0o755, from: agent)
            var list = ""
            for module in modules {
                let name = "modules/" + Path.lastComponent(module)
                try archive.add(file: name, 0o644, from: module)
                list += "/\(name)\n"
            }
            try archive.add(text: "modules.list", list)
            return try archive.finish()
        }
    }
}

/// A copy in memory, which whoever is handed the descriptor can open again whatever the file's owner and permissions.
func inMemory(_ name: String, _ file: borrowing OwnedFD) throws(SyscallError) -> OwnedFD {
    let copied = try makeMemoryFile(name)
    try copy(file, to: copied)
    return copied
}
