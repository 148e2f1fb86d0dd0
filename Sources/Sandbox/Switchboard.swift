public import AgentProtocol

/// Passes frames between the one connection to the agent of a virtual machine and those of many clients, without looking into
/// messages. It has no input and output of its own: bytes that came are given to it, bytes to be sent are taken from it.
///
/// A channel of a client is another one on the link, whose number is nobody's business but the switchboard's. What is on its way is
/// bounded by the credit of streams and the limits of `Frame`.
public struct Switchboard: Sendable {
    /// Names a client as long as it is connected.
    public struct ClientID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Client: Sendable {
        var connection = Connection(.agent, .pieces)
        /// The link's channel for each of the client's own that is open.
        var links: [UInt32: UInt32] = [:]
    }

    private struct Owner: Sendable {
        let client: ClientID
        let channel: UInt32
    }

    /// The host's side of the connection to the agent.
    public private(set) var link = Connection(.host, .pieces)
    private var clients: [ClientID: Client] = [:]
    private var owners: [UInt32: Owner] = [:]
    private var lastClient: UInt64 = 0

    public init() {}

    /// A new client: its hello is to be sent.
    public mutating func connect() -> ClientID {
        lastClient += 1
        let id = ClientID(number: lastClient)
        clients[id] = Client()
        return id
    }

    /// The client is gone: what it has open in the guest is closed, so that the agent ends its processes.
    public mutating func disconnect(_ id: ClientID) throws(ProtocolError) {
        guard let client = clients.removeValue(forKey: id) else { return }
        for channel in client.links.values.sorted() {
            owners[channel] = nil
            if link.canSend(on: channel) { try link.send(Frame(channel, .close)) }
        }
    }

    /// Bytes that wait to be sent to the client.
    public func output(of id: ClientID) -> ByteQueue { clients[id]?.connection.output ?? ByteQueue() }

    /// Whether the client takes what is sent to it. Streams wait for its credit, and answers are bounded: who has more than that waiting
    /// leaves an agent's notices unread, which nothing bounds.
    public func listens(_ id: ClientID) -> Bool { output(of: id).count <= 2 * Frame.messageLimit }

    /// The first `count` of the bytes for the client were sent.
    public mutating func sent(_ count: Int, to id: ClientID) { clients[id]?.connection.output.removeFirst(count) }

    /// The first `count` of the bytes for the agent were sent.
    public mutating func sentToAgent(_ count: Int) { link.output.removeFirst(count) }

    /// What the client has sent goes on to the agent. An error is the client's own: it is to be disconnected.
    public mutating func receive(_ bytes: [UInt8], from id: ClientID) throws(ProtocolError) {
        guard let frames = try clients[id]?.connection.receive(bytes) else { return }
        for frame in frames { try pass(frame, of: id) }
    }

    private mutating func pass(_ frame: Frame, of id: ClientID) throws(ProtocolError) {
        if case .open = frame.content {
            let channel = try link.open()
            clients[id]?.links[frame.channel] = channel
            owners[channel] = Owner(client: id, channel: frame.channel)
            return
        }
        // The agent has closed it and the client too.
        guard let channel = clients[id]?.links[frame.channel] else { return }
        try link.send(Frame(channel, frame.content))
        forget(channel)
    }

    /// What the agent has sent goes on to those it is for. An error is the agent's: nothing more can be said to it.
    public mutating func receiveFromAgent(_ bytes: [UInt8]) throws(ProtocolError) {
        // An agent that takes what is sent to it has no more before it than credit and requests allow.
        guard link.output.count <= 2 * Frame.messageLimit + owners.count * Int(Frame.initialCredit) else {
            throw .malformed("it has not taken \(link.output.count) bytes, and goes on")
        }
        for frame in try link.receive(bytes) {
            // Its client is gone.
            guard let owner = owners[frame.channel] else { continue }
            guard clients[owner.client]?.connection.canSend(on: owner.channel) == true else { continue }
            try clients[owner.client]?.connection.send(Frame(owner.channel, frame.content))
            forget(frame.channel)
        }
    }

    /// Once both sides have closed a channel its numbers are free.
    private mutating func forget(_ channel: UInt32) {
        guard !link.isOpen(channel), let owner = owners.removeValue(forKey: channel) else { return }
        clients[owner.client]?.links[owner.channel] = nil
    }
}
