import AgentProtocol
import Sandbox

/// Plays clients and an agent that say whatever the input says: each step is a byte that says who does what, and its operands.
///
/// No client may be harmed by another or by its own departure: an error is the sender's alone.
func passThroughSwitchboard(_ input: [UInt8]) {
    var rest = input[...]
    func next() -> UInt8 { rest.popFirst() ?? 0 }
    var board = Switchboard()
    var clients: [Switchboard.ClientID] = []
    do throws(ProtocolError) {
        try board.receiveFromAgent(Array(Connection(.agent).output.first))
    } catch { preconditionFailure("\(error)") }
    while !rest.isEmpty {
        let step = next()
        let who = clients.isEmpty ? nil : clients[Int(step >> 3) % clients.count]
        switch (step & 7, who) {
        case (0, _), (_, nil):
            guard clients.count < 8 else { break }
            let client = board.connect()
            clients.append(client)
            do throws(ProtocolError) { try board.receive(Array(Connection(.host).output.first), from: client) } catch {
                preconditionFailure("\(error)")
            }
        case (1, let client?):
            clients.removeAll { $0 == client }
            // Whatever it had open, its departure is none of the link's faults.
            do throws(ProtocolError) { try board.disconnect(client) } catch { preconditionFailure("\(error)") }
        case (2, let client?): board.sent(board.output(of: client).first.count, to: client)
        case (3, _): board.sentToAgent(board.link.output.first.count)
        case (4, _), (5, _):
            // The agent is lost with its first mistake, and the machine with it.
            do throws(ProtocolError) { try board.receiveFromAgent(frame(next)) } catch { return }
        case (_, let client?):
            do throws(ProtocolError) { try board.receive(frame(next), from: client) } catch {
                clients.removeAll { $0 == client }
                do throws(ProtocolError) { try board.disconnect(client) } catch { preconditionFailure("\(error)") }
            }
        }
        require(board.link.openChannels.count <= Frame.channelLimit, "\(board.link.openChannels.count) channels")
    }
}

/// A frame of few channels, so that its channel is often one that is open.
private func frame(_ next: () -> UInt8) -> [UInt8] {
    let (kind, number) = (next(), next())
    let stream: StandardStream = [.input, .output, .errors][Int(kind >> 3) % 3]
    let content: Frame.Content =
        switch kind & 7 {
        case 0, 1: .open
        case 2: .close
        case 3: .message([number], isWhole: kind & 64 == 0)
        case 4: .bytes(stream, [UInt8](repeating: number, count: 1 + Int(next()) << 8))
        case 5: .end(stream)
        case 6: .credit(stream, UInt32(next()) << 10)
        default: .message([], isWhole: true)
        }
    return Frame(UInt32(number % 6), content).bytes
}
