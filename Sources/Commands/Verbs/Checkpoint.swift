internal import ArgumentParser

/// Refused; whatever options a caller has for runc's are taken, so that the answer is this one.
struct Checkpoint: Verb {
    static let configuration = CommandConfiguration(verb: "checkpoint", "Not supported: save a running container.")

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("Not looked at.", valueName: "arguments"))
    var words: [String] = []

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        throw Failure("checkpoint is not supported: swiftrun cannot save a container")
    }
}
