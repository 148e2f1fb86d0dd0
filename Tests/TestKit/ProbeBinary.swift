import Glibc

/// The static probe, compiled once of Tests/Probe.
public enum ProbeBinary {
    /// Its path on the host. In a container it stands at `/bin/probe`.
    public static let path: String = {
        do {
            return try build()
        } catch {
            // Without it no suite can say anything.
            fatalError("the probe cannot be built: \(error)")
        }
    }()

    private static func build() throws -> String {
        let sources = Files.entries(Repository.path("Tests/Probe")).map { Repository.path("Tests/Probe/" + $0) }
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        for source in sources {
            for byte in Files.read(source) ?? [] { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        let directory = Repository.path(".build/testkit")
        let path = "\(directory)/probe-\(String(digest, radix: 16))"
        if Files.exists(path) { return path }
        try Files.makeDirectory(directory)
        let unfinished = "\(path).\(getpid())"
        let outcome = try execute(["cc", "-static", "-O1", "-o", unfinished] + sources.filter { $0.hasSuffix(".c") })
        guard outcome.status == 0 else { throw Failure(outcome.errors) }
        guard unsafe rename(unfinished, path) == 0 else { throw Failure("rename \(path): \(errnoText())") }
        return path
    }
}

/// The checkout these tests are of.
public enum Repository {
    public static let root: String = {
        // .../Tests/TestKit/ProbeBinary.swift
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }()

    public static func path(_ relative: String) -> String { root + "/" + relative }
}
