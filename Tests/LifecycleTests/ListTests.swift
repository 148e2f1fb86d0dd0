import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ListTests {
    @Test func `no containers are an empty table and null`() throws {
        #expect(try swiftrun("list").output == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n")
        #expect(try swiftrun("list", "--quiet").output == "")
        #expect(try swiftrun("list", "--format", "json").output.trimmingLines == "null")
    }

    @Test func `the table has a row for each container`() throws {
        let running = try Container(try waiting()).running()
        let created = try Container(try waiting()).created()
        let outcome = try swiftrun("list")
        #expect(outcome.status == 0)
        #expect(outcome.errorBytes.isEmpty)
        let rows = outcome.output.split(separator: "\n").map { line in line.split(whereSeparator: \.isWhitespace).map(String.init) }
        #expect(rows.first == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
        #expect(rows.count == 3)
        for (container, status) in [(running, "running"), (created, "created")] {
            let row = try #require(rows.first { $0.first == container.id })
            #expect(row.count == 6)
            #expect(row[1] == String(try container.pid))
            #expect(row[2] == status)
            #expect(row[3] == container.bundle.path)
            #expect(row[5] == "root")
        }
    }

    @Test func `quiet prints ids alone`() throws {
        let first = try Container(try waiting()).created()
        let second = try Container(try waiting()).created()
        for option in ["-q", "--quiet"] {
            #expect(try swiftrun("list", option).output.split(separator: "\n").map(String.init) == [first.id, second.id].sorted())
        }
    }

    @Test func `json has the states`() throws {
        let container = try Container(try waiting()).created()
        let list = try swiftrun("list", "-f", "json").json()
        #expect(list.array?.count == 1)
        let entry = try #require(list.at("/0"))
        #expect(entry["id"]?.string == container.id)
        #expect(entry["status"]?.string == "created")
        #expect(entry["bundle"]?.string == container.bundle.path)
        #expect(entry["owner"]?.string == "root")
    }

    @Test func `another format is refused`() throws {
        #expect(try swiftrun("list", "--format", "xml").status == 1)
    }

    @Test func `what cannot be read is warned of and left out`() throws {
        let scratch = try Scratch.required()
        let container = try Container(try waiting()).created()
        try Files.makeDirectory(scratch.root + "/broken")
        try Files.write(scratch.root + "/broken/state.json", "{")
        let outcome = try swiftrun("list", "-q")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(container.id))
        #expect(outcome.errors.contains("broken"))
        try Files.remove(scratch.root + "/broken")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 makes it"))
    func `a root that is named must exist and is not made`() throws {
        let root = try Scratch.required().directory + "/unmade"
        let outcome = try swiftrun("--root", root, "list")
        #expect(outcome.status == 1)
        #expect(!Files.exists(root))
    }
}

extension String {
    /// Without newlines at the end.
    var trimmingLines: String { String(reversed().drop { $0 == "\n" }.reversed()) }
}
