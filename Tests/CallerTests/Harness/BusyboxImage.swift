import TestKit

/// A root filesystem of busybox and the probe, as the archive that `podman import` and `docker import` take.
enum BusyboxImage {
    private static let commands = [
        "cat", "chmod", "cut", "date", "echo", "env", "false", "grep", "head", "hostname", "id", "ip", "kill", "ls", "mkdir", "mount",
        "nc", "printf", "ps", "pwd", "readlink", "rm", "sed", "seq", "sh", "sleep", "sort", "stat", "stty", "tail", "test", "touch", "tr",
        "true", "tty", "ulimit", "uname", "wc",
    ]

    static func archive(in scratch: Scratch) throws -> String {
        let root = scratch.directory + "/" + scratch.unique("image")
        for directory in ["bin/directory", "dev", "etc", "home/user", "proc", "root", "run", "sys", "usr/bin", "var/tmp"] {
            try Files.makeDirectory("\(root)/\(directory)")
        }
        try Files.makeDirectory(root + "/tmp", mode: 0o1777)
        try Files.copy("/bin/busybox", to: root + "/bin/busybox", mode: 0o755)
        try Files.copy(ProbeBinary.path, to: root + "/bin/probe", mode: 0o755)
        try Files.write(root + "/bin/plain", "no program\n", mode: 0o644)
        for command in commands { try Files.makeSymlink("\(root)/bin/\(command)", to: "busybox") }
        try Files.write(root + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n")
        try Files.write(root + "/etc/group", "root:x:0:\nuser:x:1000:\nextra:x:1234:user\n")
        let archive = root + ".tar"
        let outcome = try execute(["tar", "--create", "--file", archive, "--directory", root, "."])
        guard outcome.status == 0 else { throw Failure("tar: \(outcome)") }
        return archive
    }
}
