import Kernel
import Testing

@testable import Sandbox

/// A machine that has something at every turn, and never what is waited for.
private final class Chatter: Transport {
    /// A file can always be read.
    private let file: OwnedFD

    init() throws { file = try makeMemoryFile("chatter") }

    func watches(for line: Sandbox.Line) -> [Watch] { [Watch(file, .readable)] }
    func exchange(_ line: inout Sandbox.Line, _ ready: [Readiness]) throws(SandboxError) -> [Sandbox.Line.Event] { [] }
    func lastWords() throws(SandboxError) -> String { ": the machine's last words: chatter" }
}

@Suite(.timeLimit(.minutes(1))) struct StandInTests {
    @Test func `a machine that never pauses does not keep a wait past its deadline`() throws {
        let runtime = try SocketPair(.stream)
        let standIn = try StandIn(try Chatter(), runtime: try runtime.first.duplicate(), gate: nil, report: nil, notify: nil)
        let bound = Deadline.after(.seconds(20))
        let error = #expect(throws: SandboxError.self) {
            try standIn.serve(until: { bound.hasPassed }, within: .milliseconds(100), "the answer")
        }
        #expect("\(try #require(error))".hasSuffix("for the answer: the machine's last words: chatter"))
    }
}
