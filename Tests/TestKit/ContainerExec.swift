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

    /// The words of an `exec` that is run apart.
    public func execWords(_ options: [String] = [], probe words: String...) -> [String] {
        UnderTest.view.command(
            [UnderTest.binary, "--root", bundle.scratch.root, "exec"] + options + [id, "/bin/probe"] + words)
    }
}
