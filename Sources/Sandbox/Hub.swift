internal import AgentProtocol
internal import GuestPlan
internal import Kernel
internal import Machine

/// The supervisor's own way to the agent, and that of everybody else who has to do with the machine: it has the machine, and the
/// sockets in the state directory.
final class Hub: Transport {
    private enum Source {
        case link, console, program, control, desk
        case client(Switchboard.ClientID)
    }

    let machine: RunningMachine
    private let sandbox: String
    private var board = Switchboard()
    private let own: Switchboard.ClientID
    private let control: OwnedFD
    private let desk: Desk
    private var clients: [Switchboard.ClientID: Client] = [:]
    private var isConsoleOpen = true
    /// Parallel to what `watches` returned last.
    private var sources: [Source] = []

    /// Someone at the control socket.
    private final class Client {
        let socket: OwnedFD

        init(_ socket: consuming OwnedFD) { self.socket = socket }
    }

    /// `machine` runs; whoever comes to the sockets of `places` meanwhile waits until its agent is there.
    init(_ machine: consuming RunningMachine, _ sandbox: String, _ places: Places, _ shares: SharedTree) throws(SandboxError) {
        own = board.connect()
        control = try listenForOwn(at: places.control, .stream)
        desk = try Desk(places, shares)
        try step("the agent's link") { () throws(SyscallError) in try setBlocking(machine.link, .refuses) }
        self.sandbox = sandbox
        self.machine = machine
    }

    func watches(for line: Line) -> [Watch] {
        var watches: [Watch] = []
        sources = []
        func add(_ source: Source, _ watch: Watch) {
            sources.append(source)
            watches.append(watch)
        }
        add(.link, Watch(machine.link, board.link.output.isEmpty ? .readable : [.readable, .writable]))
        if isConsoleOpen { add(.console, Watch(machine.console, .readable)) }
        add(.program, Watch(machine.hypervisor.pidfd.descriptor, .readable))
        if let fileServer = machine.fileServer { add(.program, Watch(fileServer.pidfd.descriptor, .readable)) }
        add(.control, Watch(control, .readable))
        for watch in desk.watches { add(.desk, watch) }
        for (id, client) in clients {
            add(.client(id), Watch(client.socket, board.output(of: id).isEmpty ? .readable : [.readable, .writable]))
        }
        return watches
    }

    func exchange(_ line: inout Line, _ ready: [Readiness]) throws(SandboxError) -> [Line.Event] {
        for (source, readiness) in zip(sources, ready) where !readiness.isEmpty {
            switch source {
            case .link: try hearAgent()
            case .console: isConsoleOpen = try knowing { () throws(MachineError) in try machine.readConsole() }
            case .program: try checkPrograms()
            case .control: try welcome()
            case .desk: break
            case .client(let id): try hear(id)
            }
        }
        let deskReady = zip(sources, ready).filter { if case .desk = $0.0 { true } else { false } }.map(\.1)
        try desk.serve(deskReady)
        let events = try serve(&line)
        try flush()
        return events
    }

    func lastWords() throws(SandboxError) -> String { try knowing { () throws(MachineError) in try machine.lastWords() } }

    /// The agent has said hello: the guest has booted.
    var hasAgent: Bool { board.link.isGreeted }

    /// Shows the guest what is to be shown of the host's files.
    func share(_ shares: [GuestPlan.Share]) throws(SandboxError) {
        for share in shares {
            try knowing { () throws(MachineError) in try desk.shares.share(share, try SharedTree.copy(share)) }
        }
    }

    /// Ends the machine, whatever it is at, and hides the host's files again.
    func end() throws(SandboxError) {
        try knowing { () throws(MachineError) in
            try machine.end()
            try desk.shares.remove()
        }
    }

    /// Who talks to this one is as if it were another client.
    private func serve(_ line: inout Line) throws(SandboxError) -> [Line.Event] {
        var events: [Line.Event] = []
        repeat {
            while !line.output.isEmpty {
                let bytes = Array(line.output.first)
                line.sent(bytes.count)
                try following { () throws(ProtocolError) in try board.receive(bytes, from: own) }
            }
            while !board.output(of: own).isEmpty {
                let bytes = Array(board.output(of: own).first)
                board.sent(bytes.count, to: own)
                events += try line.receive(bytes)
            }
        } while !line.output.isEmpty
        return events
    }
}

// The machine.
extension Hub {
    private func hearAgent() throws(SandboxError) {
        let bytes: [UInt8]
        do throws(SyscallError) { bytes = try read(machine.link, count: 1 << 18) } catch {
            if error.errno == .tryAgain { return }
            throw try lost("\(error)")
        }
        if bytes.isEmpty { throw try lost("it has hung up") }
        do throws(ProtocolError) { try board.receiveFromAgent(bytes) } catch { throw try lost("\(error)") }
    }

    private func checkPrograms() throws(SandboxError) {
        if let failure = try knowing({ () throws(MachineError) in try machine.failure() }) { throw .lost("\(failure)") }
    }

    /// What is known of the machine's end.
    private func lost(_ reason: String) throws(SandboxError) -> SandboxError {
        // Its programs are about to end, where they have not: their end says more.
        try step("the end of the virtual machine") { () throws(SyscallError) in
            _ = try machine.hypervisor.pidfd.hasEnded(by: .after(.seconds(2)))
        }
        try checkPrograms()
        return .lost("the virtual machine of container \(sandbox): \(reason)\(try lastWords())")
    }

    private func flush() throws(SandboxError) {
        do throws(SyscallError) {
            while !board.link.output.isEmpty { board.sentToAgent(try writeSome(board.link.output.first, to: machine.link)) }
        } catch {
            // What it has said before its end is still to be read.
            guard [.tryAgain, .brokenPipe, .connectionReset].contains(error.errno) else { throw .failed("talk to the guest: \(error)") }
        }
        for (id, client) in clients where !board.output(of: id).isEmpty {
            do throws(SyscallError) {
                while !board.output(of: id).isEmpty { board.sent(try writeSome(board.output(of: id).first, to: client.socket), to: id) }
            } catch {
                if error.errno != .tryAgain || !board.listens(id) { try dismiss(id) }
            }
        }
    }
}

// Its clients.
extension Hub {
    private func welcome() throws(SandboxError) {
        while let socket = try acceptOwn(control) {
            let id = board.connect()
            clients[id] = Client(socket)
        }
    }

    private func hear(_ id: Switchboard.ClientID) throws(SandboxError) {
        guard let client = clients[id] else { return }
        let bytes: [UInt8]
        do throws(SyscallError) { bytes = try read(client.socket, count: 1 << 17) } catch {
            if error.errno == .tryAgain { return }
            return try dismiss(id)
        }
        if bytes.isEmpty { return try dismiss(id) }
        do throws(ProtocolError) { try board.receive(bytes, from: id) } catch { try dismiss(id) }
    }

    /// What it has in the guest ends.
    private func dismiss(_ id: Switchboard.ClientID) throws(SandboxError) {
        clients[id] = nil
        try following { () throws(ProtocolError) in try board.disconnect(id) }
    }
}

/// Does `body`, whose refusal is the machine's.
func knowing<Result: ~Copyable>(_ body: () throws(MachineError) -> Result) throws(SandboxError) -> Result {
    do throws(MachineError) { return try body() } catch { throw .failed("\(error)") }
}
