import TestKit
import Testing

/// Plays a scenario with runc and with `runtime`. What is seen has to be the same but for the differences that are listed, and those of this
/// scenario have to be seen.
func compare(
    _ caller: String, _ scenario: String, with runtime: OCIRuntime = .swiftrun, sourceLocation: SourceLocation = #_sourceLocation,
    _ play: (OCIRuntime) throws -> Transcript
) throws {
    var expected = try play(.runc).lines
    let seen = try play(runtime).lines
    for row in Difference.listed(caller) where [scenario, "any"].contains(row.scenario) {
        let isSeen = expected.contains { $0.contains(row.withRunc) }
        #expect(isSeen || row.scenario == "any", "docs/errors.md lists what is not seen any more: \(row)", sourceLocation: sourceLocation)
        expected = expected.map { $0.replacing(row.withRunc, with: row.withSwiftrun) }
    }
    let differences = seen.difference(from: expected).map { change in
        switch change {
        case .insert(let place, let line, _): "\(call(seen, place)): \(runtime.name): \(line)"
        case .remove(let place, let line, _): "\(call(expected, place)): runc: \(line)"
        }
    }
    #expect(differences == [], "\(scenario)", sourceLocation: sourceLocation)
}

/// What was called for the answer at `place`.
private func call(_ lines: [String], _ place: Int) -> String { lines[...place].last { $0.hasPrefix("$ ") } ?? "" }
