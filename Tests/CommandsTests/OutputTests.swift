import JSON
import Kernel
import Lifecycle
import Spec
import Testing

@testable import Commands

@Suite struct LogFormatTests {
    private let time = Timestamp(seconds: 1_772_366_400, nanoseconds: 5)

    @Test func `a JSON record is what containerd and podman read`() throws {
        let line = LogFormat.json.line(.error, "create \"x\": it\nfailed", at: time)
        #expect(line == #"{"level":"error","msg":"create \"x\": it\nfailed","time":"2026-03-01T12:00:00Z"}"# + "\n")
        #expect(try parse(Array(line.utf8))["level"] == "error")
    }

    @Test(arguments: [
        ("container does not exist", #""container does not exist""#), ("missing", "missing"), ("a/b-c.d_e@f^g+h", "a/b-c.d_e@f^g+h"),
        ("", #""""#), ("a=b", #""a=b""#), ("say \"x\"", #""say \"x\"""#),
    ])
    func `a text record is quoted as logrus quotes it`(message: String, quoted: String) {
        #expect(LogFormat.text.line(.error, message, at: time) == "time=\"2026-03-01T12:00:00Z\" level=error msg=\(quoted)\n")
    }
}

@Suite struct ListTests {
    private func container(_ id: String, owner: UInt32 = 0) -> ContainerState {
        var state = State()
        state.id = id
        state.status = .stopped
        state.bundle = "/srv/" + id
        state.annotations = [Annotation("k", "v")]
        return ContainerState(
            state: state, rootfs: "/srv/\(id)/rootfs", created: "2026-03-01T12:00:00.123456789Z", ownerUID: owner)
    }

    private let users = UserNames(passwd: "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\nbroken\nme:x:1000:1000::/home/me:/bin/sh\n")

    /// The bytes are `runc list`'s, of runc 1.1.5.
    @Test func `the table is laid out as runc's`() {
        #expect(
            containerTable([container("a-container-with-a-long-name"), container("web1")], users) == """
                ID                             PID         STATUS      BUNDLE                              CREATED                          OWNER
                a-container-with-a-long-name   0           stopped     /srv/a-container-with-a-long-name   2026-03-01T12:00:00.123456789Z   root
                web1                           0           stopped     /srv/web1                           2026-03-01T12:00:00.123456789Z   root

                """)
    }

    @Test func `the table of no containers is a heading`() {
        #expect(containerTable([], users) == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n")
    }

    @Test func `the array of no containers is null`() {
        #expect(containerArray([], users) == "null\n")
    }

    /// The members are those of `runc list --format json`.
    @Test func `the array has a state for each container`() {
        #expect(
            containerArray([container("web1", owner: 1000)], users)
                == #"[{"ociVersion":"1.3.0","id":"web1","pid":0,"status":"stopped","bundle":"/srv/web1","rootfs":"/srv/web1/rootfs","#
                + #""created":"2026-03-01T12:00:00.123456789Z","annotations":{"k":"v"},"owner":"me"}]"# + "\n")
    }

    @Test func `an owner without a name is a number`() {
        #expect(users[1000] == "me")
        #expect(users[0] == "root")
        #expect(users[4_294_967_295] == "#4294967295")
    }

    @Test func `characters are counted, not bytes`() {
        #expect(table([["é", "x"], ["eeeeeeeeee", "y"]]) == "é            x\neeeeeeeeee   y\n")
    }
}
