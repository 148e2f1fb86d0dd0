internal import Kernel

/// A socket at which the runtime's own user, and root, are served. Neither it nor its connections wait.
func listenForOwn(at path: String, _ kind: SocketKind) throws(SandboxError) -> OwnedFD {
    try step("listen at \(path)") { () throws(SyscallError) in
        let before = setUmask(0o177)
        defer { _ = setUmask(before) }
        let socket = try listen(path, kind, backlog: 128)
        try setBlocking(socket, .refuses)
        return socket
    }
}

/// The next connection of somebody who may; nil: nobody waits.
func acceptOwn(_ listener: borrowing OwnedFD) throws(SandboxError) -> OwnedFD? {
    do throws(SyscallError) {
        while true {
            let connection = try accept(listener)
            let user = try peerCredentials(of: connection).uid
            guard user == 0 || user == OwnIDs().effectiveUID else { continue }
            try setBlocking(connection, .refuses)
            return connection
        }
    } catch {
        // They may have gone again meanwhile, or there are too many: the next look will tell.
        return nil
    }
}
