import AgentProtocol
import JSON
import Testing

@Suite struct MessageTests {
    private static let requests: [Request] = [
        .configure(GuestSettings(clock: 1_700_000_000_000_000_000, hostname: "guest", shareTag: "share")),
        .setNetwork(["links": []]),
        .create(
            CreateOrder(
                id: "a", config: ["ociVersion": "1.0.2"], joins: ["pid"], sandbox: "pod", streams: [.input, .output], hasTerminal: true,
                tellsReadiness: true)),
        .exec(ExecOrder(id: "a", process: ["args": ["true"]], streams: [.errors], cgroup: "sub", mayBePaused: true)),
        .start(id: "a"), .kill(id: "a", signal: 15, .all), .kill(id: "a", signal: 9, .initProcess), .delete(id: "a", isForced: true),
        .pause(id: "a"), .resume(id: "a"), .update(id: "a", resources: ["pids": ["limit": 3]]), .processes(id: "a"), .processTable(id: "a"), .statistics(id: "a"),
        .state(id: "a"), .watch(id: "a"), .setClock(nanoseconds: 5), .shutDown,
    ]

    @Test(arguments: requests)
    func `a request is read as it was written`(request: Request) throws {
        #expect(try Request(request.text) == request)
    }

    @Test(arguments: [
        ("{}", "must have one member"),
        ("{\"start\":{\"id\":\"a\"},\"pause\":{\"id\":\"a\"}}", "must have one member"),
        ("{\"fly\":{}}", "unknown: fly"),
        ("{\"start\":{\"id\":\"a\",\"now\":true}}", "/start/now: is unknown"),
        ("{\"start\":{}}", "/start/id: is required"),
        ("{\"start\":{\"id\":\"\"}}", "/start/id: must be 1 to 1024 bytes long"),
        ("{\"kill\":{\"id\":\"a\",\"signal\":65,\"extent\":\"all\"}}", "/kill/signal: must be an integer from 0 to 64, found 65"),
        (
            "{\"exec\":{\"id\":\"a\",\"process\":[],\"streams\":[],\"terminal\":false,\"cgroup\":\"\",\"mayBePaused\":false}}",
            "/exec/process: must be an object, found an array"
        ),
        (
            "{\"exec\":{\"id\":\"a\",\"process\":{},\"streams\":[\"errors\"],\"terminal\":true,\"cgroup\":\"\",\"mayBePaused\":false}}",
            "/exec/streams: a terminal has input and output"
        ),
    ])
    func `a request that is not as it should be is refused`(text: String, problem: String) {
        #expect(throws: ProtocolError.message(problem)) { try Request(Array(text.utf8)) }
    }

    @Test func `answers, notices and instructions are read as they were written`() throws {
        for answer in [Answer.done(.null), .done(["a": 1]), .failed("container does not exist")] {
            #expect(try Answer(answer.text) == answer)
        }
        for notice in [
            Notice.exited(.code(7), nanoseconds: 3, wasOutOfMemory: false), .exited(.signal(9), nanoseconds: 3, wasOutOfMemory: true),
            .ready, .outOfMemory,
        ] { #expect(try Notice(notice.text) == notice) }
        for instruction in [Instruction.signal(28), .resize(rows: 24, columns: 80)] {
            #expect(try Instruction(instruction.text) == instruction)
        }
    }

    @Test func `of an error's text there is as much as people read`() throws {
        let text = String(repeating: "ä", count: 20_000)
        #expect(try Answer(Answer.failed(text).text) == .failed(String(text.prefix(16384))))
    }

    @Test(arguments: [
        "{\"exited\":{\"code\":256,\"time\":1,\"outOfMemory\":false}}",
        "{\"exited\":{\"code\":1,\"signal\":1,\"time\":1,\"outOfMemory\":false}}",
        "{\"exited\":{\"time\":1,\"outOfMemory\":false}}", "{\"exited\":{\"signal\":0,\"time\":1,\"outOfMemory\":false}}",
        "{\"exited\":{\"signal\":19,\"time\":1,\"outOfMemory\":false}}",
    ])
    func `an end that cannot be is refused`(text: String) {
        #expect(throws: ProtocolError.self) { try Notice(Array(text.utf8)) }
    }
}
