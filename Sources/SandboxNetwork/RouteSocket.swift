internal import CLinux
internal import Kernel

/// A connection with the part of the kernel that keeps this network namespace's interfaces, addresses and routes: rtnetlink(7).
struct RouteSocket: ~Copyable {
    /// Readable when one of the groups that were asked for has news.
    let descriptor: OwnedFD
    private var sequence: UInt32 = 0

    /// More than a datagram of the kernel's ever holds.
    private static let datagramLimit = 1 << 16
    /// How many interfaces, addresses or routes there may be.
    private static let rowLimit = 1 << 16

    /// `groups`: of what is to be told unasked.
    init(groups: UInt32 = 0) throws(NetworkError) {
        descriptor = try system { () throws(SyscallError) in
            let type = Int32(CLINUX_SOCK_RAW) | Int32(CLINUX_SOCK_CLOEXEC)
            let socket = OwnedFD(
                adopting: try call("socket", "of netlink") { clinux_socket(Int32(CLINUX_AF_NETLINK), type, Int32(NETLINK_ROUTE)) })
            let raw = socket.raw
            try call("bind", "of netlink") { clinux_bind_netlink(raw, groups) }
            // Refusals come with a sentence, and without the request.
            try call("setsockopt", "NETLINK_EXT_ACK") { clinux_netlink_option(raw, Int32(NETLINK_EXT_ACK), 1) }
            try call("setsockopt", "NETLINK_CAP_ACK") { clinux_netlink_option(raw, Int32(NETLINK_CAP_ACK), 1) }
            return socket
        }
    }

    /// Asks for a change, and waits until it is made. `step` names it where it is refused.
    mutating func change(_ request: NetlinkRequest, _ step: @autoclosure () -> String) throws(NetworkError) {
        let sent = NetlinkRequest(request, adding: NLM_F_ACK)
        try send(sent, step())
        while true {
            for message in try receive(step()) where message.type == UInt16(NLMSG_ERROR) {
                return try check(message, step())
            }
        }
    }

    /// Asks for all there are of something, a row for each.
    mutating func list<Row>(
        _ request: NetlinkRequest, _ step: String, _ row: (ArraySlice<UInt8>) throws(NetworkError) -> Row?
    ) throws(NetworkError) -> [Row] {
        // The kernel says when the list has changed while it was being told.
        for _ in 1...16 {
            if let rows = try attempt(NetlinkRequest(request, adding: NLM_F_DUMP), step, row) { return rows }
        }
        throw .refused(step: step, .tryAgain, reason: "it changes all the time")
    }

    private mutating func attempt<Row>(
        _ request: NetlinkRequest, _ step: String, _ row: (ArraySlice<UInt8>) throws(NetworkError) -> Row?
    ) throws(NetworkError) -> [Row]? {
        try send(request, step)
        var rows: [Row] = []
        var isWhole = true
        while true {
            for message in try receive(step) {
                if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isWhole = false }
                switch Int32(message.type) {
                case NLMSG_DONE: return isWhole ? rows : nil
                case NLMSG_ERROR: try check(message, step)
                case NLMSG_NOOP: break
                default:
                    if let row = try row(message.body) { rows.append(row) }
                    guard rows.count <= Self.rowLimit else { throw .unintelligible("\(step): more than \(Self.rowLimit)") }
                }
            }
        }
    }

    /// Throws the refusal that the message tells, if it is one.
    private func check(_ message: NetlinkMessage, _ step: String) throws(NetworkError) {
        var fields = NetlinkFields(message.body)
        let code = try fields.number(Int32.self)
        guard code != 0 else { return }
        guard code < 0, code > -4096 else { throw .unintelligible("an error of the number \(code)") }
        _ = try fields.take(16)
        var reason = ""
        if message.flags & UInt16(NLM_F_ACK_TLVS) != 0 {
            for (type, payload) in try fields.attributes() where type == Int(NLMSGERR_ATTR_MSG.rawValue) {
                reason = try payload.netlinkText()
            }
        }
        throw .refused(step: step, Errno(rawValue: -code), reason: reason)
    }

    /// Takes what was told unasked away: that something was is all that counts.
    func forgetNews() throws(NetworkError) {
        do throws(SyscallError) { _ = try read(descriptor, count: Self.datagramLimit) } catch {
            guard error.errno == .noBufferSpace else { throw .system(error) }
        }
    }

    private mutating func send(_ request: NetlinkRequest, _ step: String) throws(NetworkError) {
        sequence += 1
        let bytes = request.bytes(sequence: sequence)
        do throws(SyscallError) { try write(bytes, to: descriptor) } catch { throw .refused(step: step, error.errno, reason: "") }
    }

    /// The next messages that answer the last request.
    private func receive(_ step: String) throws(NetworkError) -> [NetlinkMessage] {
        let raw = descriptor.raw
        var buffer = [UInt8](repeating: 0, count: Self.datagramLimit)
        var port: UInt32 = 0
        let count: Int
        do throws(SyscallError) {
            count = try call("recvfrom", "of netlink") { unsafe clinux_receive_netlink(raw, &buffer, buffer.count, &port) }
        } catch { throw .refused(step: step, error.errno, reason: "") }
        guard port == 0 else { return [] }
        guard count <= buffer.count else { throw .unintelligible("\(step): a datagram of \(count) bytes") }
        let expected = sequence
        return try NetlinkMessage.all(in: buffer[..<count]).filter { $0.sequence == expected }
    }
}

extension NetlinkRequest {
    fileprivate init(_ request: NetlinkRequest, adding flags: Int32) {
        self.init(request.type, request.fields, Int32(request.flags) | flags)
        attributes = request.attributes
    }
}
