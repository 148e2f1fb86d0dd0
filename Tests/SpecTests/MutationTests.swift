import JSON
import Spec
import Testing

/// Every value of full.json, in turn replaced by one of each other sort.
@Suite struct MutationTests {
    static let wrong: [Value] = [
        .bool(true), .number("-3.5"), .number("1e999"), .string("a\0b"), .string(""), .array([.array([])]), .object([.init("\0", .null)]), .null,
    ]
    /// Ignored wherever they are: no value of theirs can be wrong.
    static let ignored = ["/root/unknown", "/unknown", "/windows"]

    /// `document` and, for each place in it, the place and the document with `value` there.
    static func mutants(of document: Value, at path: String = "", with value: Value, _ visit: (String, Value) -> Void) {
        visit(path, value)
        switch document {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                mutants(of: element, at: "\(path)/\(index)", with: value) { place, mutant in
                    var copy = elements
                    copy[index] = mutant
                    visit(place, .array(copy))
                }
            }
        case .object(let members):
            for (index, member) in members.enumerated() {
                let key = member.key.replacing("~", with: "~0").replacing("/", with: "~1")
                mutants(of: member.value, at: "\(path)/\(key)", with: value) { place, mutant in
                    var copy = members
                    copy[index].value = mutant
                    visit(place, .object(copy))
                }
            }
        case .null, .bool, .number, .string: break
        }
    }

    @Test(arguments: wrong)
    func `a wrong value is either taken or refused with its place`(wrong: Value) throws {
        let document = try parse(Fixture.bytes("config/good/full.json"))
        Self.mutants(of: document, with: wrong) { place, mutant in
            do throws(SpecError) {
                _ = try Config(json: mutant)
            } catch {
                guard case .value(let path, let problem) = error.fault else {
                    Issue.record("\(place): no place in \(error)")
                    return
                }
                #expect(!problem.isEmpty)
                #expect(!Self.ignored.contains { place.hasPrefix($0) }, "\(place): \(error)")
                // A missing, mismatched or repeated member is named beside the one that was changed.
                let parent = place.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
                #expect(path.hasPrefix(parent), "\(place): \(error)")
            }
        }
    }

    @Test(arguments: [.string("a\0b"), .array([.array([])])] as [Value])
    func `a value that cannot be right anywhere is refused everywhere`(wrong: Value) throws {
        let document = try parse(Fixture.bytes("config/good/full.json"))
        Self.mutants(of: document, with: wrong) { place, mutant in
            guard !Self.ignored.contains(where: { place.hasPrefix($0) }) else { return }
            let error = #expect(throws: SpecError.self, "\(place)") { try Config(json: mutant) }
            guard case .value(let path, _) = error?.fault else { return }
            #expect(path == place || path == place + "/0", "\(String(describing: error))")
        }
    }

    @Test func `a text with any byte changed is taken or refused, never trapped on`() throws {
        let bytes = try Fixture.bytes("config/good/full.json")
        for index in stride(from: 0, to: bytes.count, by: 13) {
            for byte: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x5D, 0x39, 0xFF] {
                var mutant = bytes
                mutant[index] = byte
                do throws(SpecError) {
                    _ = try Config(bytes: mutant)
                } catch {
                    #expect(error.description.hasPrefix("config.json: "))
                }
            }
        }
    }

    @Test func `a config cut after any byte is refused with its place`() throws {
        let bytes = try Fixture.bytes("config/good/full.json")
        let whole = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
        for count in 0...whole {
            let error = #expect(throws: SpecError.self, "cut after \(count)") { try Config(bytes: Array(bytes.prefix(count))) }
            #expect(error?.description.hasPrefix("config.json: line ") == true)
        }
    }
}
