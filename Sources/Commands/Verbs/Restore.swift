internal import ArgumentParser

/// Refused; whatever options a caller has for runc's are taken, so that the answer is this one.
struct Restore: Verb {
    static let configuration = CommandConfiguration(verb: "restore", "Not supported: start a container from a checkpoint.")

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("Not looked at.", valueName: "arguments"))
    var words: [String] = []

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        throw Failure("restore is not supported: swiftrun cannot start a container from a checkpoint")
    }
}
