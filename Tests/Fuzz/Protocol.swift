import AgentProtocol
import JSON

/// The first byte of an input decides how the rest of it is cut, and whether the hello is said for it.
private struct Pieces {
    let pieces: [[UInt8]]
    let choice: UInt8

    init(_ input: [UInt8]) {
        choice = input.first ?? 0
        let size = max(1, Int(choice >> 2))
        var bytes = choice & 1 == 0 ? hello : []
        bytes += input.dropFirst()
        pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }
}

/// The hello of the other side, which is the same.
private let hello: [UInt8] = Array(Connection(.host).output.first)

/// What came of a whole connection: its frames up to the error.
private struct Story: Equatable {
    var frames: [Frame] = []
    var problem: String?
}

private func story(_ start: Connection, _ pieces: [[UInt8]], _ each: (Frame) -> Void = { _ in }) -> Story {
    var (connection, story) = (start, Story())
    do throws(ProtocolError) {
        for piece in pieces {
            for frame in try connection.receive(piece) {
                each(frame)
                story.frames.append(frame)
            }
            require(connection.openChannels.count <= Frame.channelLimit, "\(connection.openChannels.count) channels")
        }
    } catch { story.problem = "\(error)" }
    return story
}

/// Frames do not depend on how the bytes were cut. Those before an error may: it drops what came with it.
private func check(_ connection: Connection, _ pieces: Pieces, _ each: (Frame) -> Void) {
    let (first, second) = (story(connection, pieces.pieces, each), story(connection, pieces.pieces.flatMap(\.self).map { [$0] }))
    require(first.problem == second.problem, "\(first.problem ?? "none") became \(second.problem ?? "none")")
    require(second.frames.starts(with: first.frames), "other frames of other pieces")
    if first.problem == nil { require(first == second, "other frames of other pieces") }
}

/// What the agent reads of the host.
func readAsAgent(_ input: [UInt8]) {
    let pieces = Pieces(input)
    check(Connection(.agent, pieces.choice & 2 == 0 ? .whole : .pieces), pieces) { frame in
        guard case .message(let text, isWhole: true) = frame.content else { return }
        do throws(ProtocolError) {
            let request = try Request(text)
            require(try Request(request.text) == request, "another request after it was written: \(request)")
        } catch { _ = "\(error)" }
        do throws(ProtocolError) {
            let instruction = try Instruction(text)
            require(try Instruction(instruction.text) == instruction, "another instruction: \(instruction)")
        } catch { _ = "\(error)" }
    }
}

/// What the host reads of the agent, with a channel of each kind open: 1 a process, 2 a watch, 3 a single request.
func readAsHost(_ input: [UInt8]) {
    let requests: [Request] = [
        .create(CreateOrder(id: "a", config: .object([]), tellsReadiness: true)), .watch(id: "a"), .state(id: "a"),
    ]
    var connection = Connection(.host)
    var exchanges: [UInt32: Exchange] = [:]
    do throws(ProtocolError) {
        for request in requests {
            let channel = try connection.open()
            try connection.send(message: request.text, on: channel)
            exchanges[channel] = Exchange(request)
        }
    } catch { preconditionFailure("\(error)") }
    check(connection, Pieces(input)) { frame in
        do throws(ProtocolError) {
            switch try exchanges[frame.channel]?.receive(frame.content) {
            case .answer(let answer): require(try Answer(answer.text) == answer, "another answer: \(answer)")
            case .notice(let notice): require(try Notice(notice.text) == notice, "another notice: \(notice)")
            default: break
            }
        } catch { _ = "\(error)" }
    }
}
