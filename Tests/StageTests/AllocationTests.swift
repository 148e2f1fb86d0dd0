import TestKit
import Testing

/// The child allocates nothing and takes no lock: the compiler says so, as long as it is asked and still knows how.
@Suite(.timeLimit(.minutes(2))) struct AllocationTests {
    private static let folder = Repository.path("Sources/Stage")

    private static let files = Files.entries(folder).filter { $0.hasSuffix(".swift") }

    private func lines(_ file: String) -> [String] {
        Files.text("\(Self.folder)/\(file)").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `every function of the child is checked`() {
        var functions = 0
        for file in Self.files where file != "Thunks.swift" {
            let lines = lines(file)
            for (number, line) in lines.enumerated() {
                let isFunction = line.contains("func ") && !line.drop { $0 == " " }.hasPrefix("//")
                guard isFunction || line.contains(" get {") || line.contains(" get\n") else { continue }
                functions += 1
                let place = isFunction ? lines[number - 1] : line
                #expect(place.contains("@_noAllocation @_noLocks"), "\(file):\(number + 1): \(line)")
            }
            #expect(!lines.contains { $0.contains("no_performance_analysis") }, "\(file): only Thunks.swift may be exempt")
        }
        #expect(functions > 60)
    }

    @Test func `a thunk makes one call and decides nothing`() {
        let lines = lines("Thunks.swift")
        for (number, line) in lines.enumerated() where line.hasPrefix("func ") {
            #expect(
                lines[number - 1].contains(#"@_semantics("no_performance_analysis") @inline(__always)"#),
                "Thunks.swift:\(number + 1): \(line)")
        }
        #expect(!lines.contains { $0.contains("while ") || $0.contains("for ") && !$0.contains("//") })
    }

    /// What the compiler says about a file; empty when it is content.
    private func complaints(_ source: String) throws -> String {
        let scratch = try Scratch.required()
        let file = "\(scratch.directory)/canary.swift"
        try Files.write(file, source)
        let compiler = try #require(Environment.variable("PATH"))
            .split(separator: ":").map { "\($0)/swiftc" }.first { Files.exists($0) }
        let outcome = try execute(
            [#require(compiler), "-swift-version", "6", "-parse-as-library", "-c", file, "-o", "\(scratch.directory)/canary.o"],
            // The compiler leaves a directory behind.
            environment: Environment.plain + ["TMPDIR=\(scratch.directory)"], directory: scratch.directory, deadline: Deadline(after: 60))
        return outcome.status == 0 ? "" : outcome.output + outcome.errors
    }

    @Test(
        .machineUnchanged,
        arguments: [
            "class Node {}\n@_noAllocation @_noLocks\nfunc canary() -> AnyObject { Node() }",
            "@_noAllocation @_noLocks\nfunc canary(_ count: Int) -> [Int] { Array(repeating: 0, count: count) }",
            "@_noAllocation @_noLocks\nfunc canary(_ number: Int) -> String { \"step \\(number) of the container failed for want of memory\" }",
            "func other() -> [Int] { [1, 2, 3] }\n@_noAllocation @_noLocks\nfunc canary() -> Int { other().count }",
        ])
    func `the compiler refuses a function that allocates`(source: String) throws {
        let complaints = try complaints(source)
        #expect(
            complaints.contains("allocation") || complaints.contains("can cause") || complaints.contains("unknown code"), "\(complaints)")
    }

    @Test(.machineUnchanged) func `and takes one that does not`() throws {
        #expect(try complaints("@_noAllocation @_noLocks\nfunc canary(_ a: Int, _ b: Int) -> Int { a > b ? a &- b : 0 }") == "")
    }
}
