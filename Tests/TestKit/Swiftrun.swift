/// Runs the runtime as a stranger would, with the test's own --root unless `words` name one.
public func swiftrun(
    _ words: String..., input: Input = .null, environment: [String]? = nil, directory: String? = nil, descriptors: [Descriptor] = [],
    output: Output = .captured, view: CgroupView = UnderTest.view, deadline: Deadline = .usual
) throws -> Outcome {
    try swiftrun(
        words, input: input, environment: environment, directory: directory, descriptors: descriptors, output: output, view: view, deadline: deadline)
}

public func swiftrun(
    _ words: [String], input: Input = .null, environment: [String]? = nil, directory: String? = nil, descriptors: [Descriptor] = [],
    output: Output = .captured, view: CgroupView = UnderTest.view, deadline: Deadline = .usual
) throws -> Outcome {
    let scratch = try Scratch.required()
    return try execute(
        view.command(runtimeCommand(words, scratch)), input: input, environment: environment ?? scratch.environment,
        directory: directory ?? scratch.directory, descriptors: descriptors, output: output, deadline: deadline)
}

func runtimeCommand(_ words: [String], _ scratch: Scratch) -> [String] {
    [UnderTest.binary] + (words.contains("--root") ? [] : ["--root", scratch.root]) + words
}
