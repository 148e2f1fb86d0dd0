internal import ArgumentParser
internal import Lifecycle

/// One verb: a value made of the arguments, then one call.
protocol Verb: ParsableCommand {
    /// Returns the exit code.
    func run(_ global: GlobalOptions, _ output: borrowing Output) throws(Failure) -> Int32
}
