extension Container {
    /// `exec` in the foreground.
    public func exec(
        _ options: [String] = [], command: [String], input: Input = .null, environment: [String]? = nil, descriptors: [Descriptor] = []
    ) throws -> Outcome {
        try swiftrun(["exec"] + options + [id] + command, input: input, environment: environment, descriptors: descriptors)
    }

    /// `exec` of the probe in the foreground.
    public func exec(_ options: [String] = [], probe words: String..., input: Input = .null, descriptors: [Descriptor] = []) throws -> Outcome {
        try exec(options, command: ["/bin/probe"] + words, input: input, descriptors: descriptors)
    }

    /// What the probe reports of itself when it is executed.
    public func execReport(_ options: [String] = []) throws -> Report {
        let outcome = try exec(options, probe: "report")
        guard outcome.status == 0 else { throw Failure("\(outcome)") }
        return try outcome.report()
    }

    /// An `exec` of the probe that goes on apart. Its output is read no further than the probe's first line.
    public func startExec(_ options: [String] = [], probe words: String...) throws -> Program {
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                execWords(options, words), environment: bundle.scratch.environment, directory: bundle.scratch.directory,
                descriptors: [nil, output.write, nil]))
        output.write.close()
        guard try Stream(output.read).line() != nil else { throw Failure("exec of \(words.joined(separator: " ")): it said nothing") }
        return exec
    }

    /// The words of an `exec` that is run apart.
    public func execWords(_ options: [String] = [], probe words: String...) -> [String] { execWords(options, words) }

    private func execWords(_ options: [String], _ words: [String]) -> [String] {
        UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "exec"] + options + [id, "/bin/probe"] + words)
    }
}
