import TestKit

/// Images of busybox, made once of the machine's own.
struct Image {
    let name: String
    private let built: Result<String, any Error>

    /// For containers; runs a shell.
    static let box = Image("docker.io/test/box:1", ["sh"])
    /// For the sandboxes of pods.
    static let pause = Image("docker.io/test/pause:1", ["sleep", "1000000"])

    /// Path of the archive.
    var archive: String { get throws { try built.get() } }

    private init(_ name: String, _ command: [String]) {
        self.name = name
        built = Result { try Self.build(name, command) }
    }

    private static func build(_ name: String, _ command: [String]) throws -> String {
        let directory = Repository.path(".build/testkit/image")
        let archive = "\(directory)-\(command[0]).tar"
        try Files.remove(directory)
        for part in ["bin", "etc", "root", "tmp"] { try Files.makeDirectory("\(directory)/\(part)") }
        try Files.copy("/bin/busybox", to: directory + "/bin/busybox", mode: 0o755)
        try Files.copy(ProbeBinary.path, to: directory + "/bin/probe", mode: 0o755)
        for applet in try execute(["/bin/busybox", "--list"]).output.split(separator: "\n") where applet != "busybox" {
            try Files.makeSymlink("\(directory)/bin/\(applet)", to: "busybox")
        }
        try Files.write(directory + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n")
        let outcome = try execute(["/usr/bin/python3", Repository.path("Tests/Callers/image.py"), directory, archive, name] + command)
        guard outcome.status == 0 else { throw Failure("image: \(outcome)") }
        return archive
    }
}
