internal import AgentProtocol
internal import GuestPlan
internal import JSON
internal import Kernel
internal import Machine

/// Where the host's side of a machine is asked to show files in the guest, or to hide them again: one packet, and one for the answer.
final class Desk {
    private final class Visitor {
        let socket: OwnedFD

        init(_ socket: consuming OwnedFD) { self.socket = socket }
    }

    private let listener: OwnedFD
    let shares: SharedTree
    private var visitors: [Visitor] = []

    init(_ places: Places, _ shares: SharedTree) throws(SandboxError) {
        listener = try listenForOwn(at: places.service, .packets)
        self.shares = shares
    }

    var watches: [Watch] { [Watch(listener, .readable)] + visitors.map { Watch($0.socket, .readable) } }

    /// `ready` is parallel to the `watches` of before.
    func serve(_ ready: [Readiness]) throws(SandboxError) {
        for (visitor, readiness) in zip(visitors, ready.dropFirst()) where !readiness.isEmpty { serve(visitor) }
        guard let first = ready.first, !first.isEmpty else { return }
        while let socket = try acceptOwn(listener) { visitors.append(Visitor(socket)) }
    }

    private func serve(_ visitor: Visitor) {
        do throws(SyscallError) {
            var message = try receive(visitor.socket, count: 1 << 16)
            guard !message.bytes.isEmpty else { return leave(visitor) }
            let bytes = message.bytes
            let answer = answer(to: bytes, message.descriptor.take())
            try send(answer.text, on: visitor.socket)
        } catch {
            if error.errno != .tryAgain { leave(visitor) }
        }
    }

    private func leave(_ visitor: Visitor) { visitors.removeAll { $0 === visitor } }

    private func answer(to bytes: [UInt8], _ copy: consuming OwnedFD?) -> Answer {
        do throws(SandboxError) {
            switch try DeskRequest(bytes) {
            case .share(let share):
                guard let copy = copy.take() else { throw .failed("share \(share.source): without its mount") }
                try knowing { () throws(MachineError) in try shares.share(share, copy) }
            case .unshare(let id): try knowing { () throws(MachineError) in try shares.unshare(container: id) }
            }
            return .done(.null)
        } catch { return .failed("\(error)") }
    }
}

/// What can be asked for there.
enum DeskRequest {
    /// With a copy of the mount.
    case share(GuestPlan.Share)
    /// All of a container.
    case unshare(String)

    var text: [UInt8] {
        let value: Value =
            switch self {
            case .share(let share): ["share": share.value]
            case .unshare(let id): ["unshare": .string(id)]
            }
        return Array(value.text(.compact).utf8)
    }

    init(_ text: [UInt8]) throws(SandboxError) {
        do throws(JSONError) {
            let reader = Reader(try parse(text))
            if let share = try reader.member("share") {
                self = .share(try GuestPlan.Share(share))
            } else {
                self = .unshare(try reader.required("unshare").string())
            }
        } catch { throw .failed("\(error)") }
    }
}

/// The visitor's side.
struct DeskVisit: ~Copyable {
    private let socket: OwnedFD

    init(root: String, sandbox: String) throws(SandboxError) {
        do throws(SyscallError) { socket = try connect(Places(root: root, id: sandbox).service, .packets) } catch {
            switch error.errno {
            case .noEntry, .connectionRefused: throw .lost("the virtual machine of container \(sandbox) is not running")
            default: throw .failed("reach the virtual machine of container \(sandbox): \(error)")
            }
        }
    }

    func share(_ share: GuestPlan.Share) throws(SandboxError) {
        let copy = try knowing { () throws(MachineError) in try SharedTree.copy(share) }
        try step("share \(share.source)") { () throws(SyscallError) in
            _ = try send(DeskRequest.share(share).text, with: copy, on: socket)
        }
        try hear("share \(share.source)")
    }

    func unshare(container id: String) throws(SandboxError) {
        try step("unshare the files of \(id)") { () throws(SyscallError) in _ = try send(DeskRequest.unshare(id).text, on: socket) }
        try hear("unshare the files of \(id)")
    }

    private func hear(_ act: String) throws(SandboxError) {
        let bytes = try step(act) { () throws(SyscallError) in
            guard try poll([Watch(socket, .readable)], until: .after(Patience.answer)) != nil else {
                throw SyscallError("wait", "the supervisor", .timedOut)
            }
            return try receive(socket, count: 1 << 16).bytes
        }
        guard !bytes.isEmpty else { throw .lost("\(act): the virtual machine has ended") }
        let answer = try following { () throws(ProtocolError) in try Answer(bytes) }
        if case .failed(let text) = answer { throw .failed(text) }
    }
}
