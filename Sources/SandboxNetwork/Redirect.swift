internal import CLinux
internal import Kernel

// What tc(8) does with `tc qdisc add dev A ingress` and `tc filter add dev A parent ffff: protocol all u32 match u8 0 0 action mirred
// egress redirect dev B`. A filter that matches everything by itself (`matchall`) is not in every kernel.

/// Tells our filters from those of others.
private let priority: UInt32 = 0x5352

/// ffff:, the handle of what stands where packets come in.
private let ingressHandle: UInt32 = 0xffff_0000

extension RouteSocket {
    /// Sends what comes to the interface out of another one. What a sandbox that died has left is replaced.
    mutating func redirect(_ index: Int32, _ name: String, to target: Int32) throws(NetworkError) {
        if try hasIngress(index, name) {
            guard try isRedirected(index, name) else { throw .interface(name, problem: "has filters of somebody else") }
            try removeRedirect(index, name)
        }
        try change(.ingress(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, index), "add an ingress discipline to \(name)")
        do throws(NetworkError) {
            try change(.filter(index, target), "redirect what comes to \(name)")
        } catch {
            try removeRedirect(index, name)
            throw error
        }
    }

    mutating func removeRedirect(_ index: Int32, _ name: String) throws(NetworkError) {
        try change(.ingress(RTM_DELQDISC, 0, index), "remove the ingress discipline of \(name)")
    }

    /// Whether an ingress discipline is there which is ours: it has no filters but of the kind that `redirect` adds.
    mutating func isRedirected(_ index: Int32, _ name: String) throws(NetworkError) -> Bool {
        guard try disciplines(index, name).contains(where: { $0.kind == "ingress" }) else { return false }
        let request = NetlinkRequest(RTM_GETTFILTER, traffic(index, parent: ingressHandle))
        let filters = try list(request, "list filters of \(name)") { (body) throws(NetworkError) in try TrafficRow(body) }
        return filters.allSatisfy { $0.kind == "u32" && $0.priority == priority }
    }

    private mutating func hasIngress(_ index: Int32, _ name: String) throws(NetworkError) -> Bool {
        try disciplines(index, name).contains { $0.handle == ingressHandle }
    }

    private mutating func disciplines(_ index: Int32, _ name: String) throws(NetworkError) -> [TrafficRow] {
        try list(NetlinkRequest(RTM_GETQDISC, traffic(index)), "list disciplines of \(name)") {
            (body) throws(NetworkError) in
            let row = try TrafficRow(body)
            return row.link == index ? row : nil
        }
    }
}

/// What the kernel tells of a queueing discipline or a filter.
struct TrafficRow {
    var link: Int32
    var handle: UInt32
    /// Of a filter.
    var priority: UInt32
    var kind = ""

    init(_ body: ArraySlice<UInt8>) throws(NetworkError) {
        var fields = NetlinkFields(body)
        _ = try fields.take(4)
        link = try fields.number(Int32.self)
        handle = try fields.number(UInt32.self)
        _ = try fields.take(4)
        priority = try fields.number(UInt32.self) >> 16
        for (attribute, payload) in try fields.attributes() where attribute == Int(TCA_KIND) { kind = try payload.netlinkText() }
    }
}

/// struct tcmsg
private func traffic(_ link: Int32, handle: UInt32 = 0, parent: UInt32 = 0, more: UInt32 = 0) -> [UInt8] {
    [0, 0, 0, 0] + machineBytes(link) + machineBytes(handle) + machineBytes(parent) + machineBytes(more)
}

extension NetlinkRequest {
    fileprivate static func ingress(_ type: some BinaryInteger, _ flags: Int32, _ link: Int32) -> NetlinkRequest {
        // TC_H_INGRESS
        var request = NetlinkRequest(type, traffic(link, handle: ingressHandle, parent: 0xffff_fff1), flags)
        request.attributes.add(TCA_KIND, "ingress")
        return request
    }

    fileprivate static func filter(_ link: Int32, _ target: Int32) -> NetlinkRequest {
        let protocols = UInt32(UInt16(CLINUX_ETH_P_ALL).bigEndian)
        var request = NetlinkRequest(
            RTM_NEWTFILTER, traffic(link, parent: ingressHandle, more: priority << 16 | protocols), NLM_F_CREATE | NLM_F_EXCL)
        request.attributes.add(TCA_KIND, "u32")
        request.attributes.nest(TCA_OPTIONS) { options in
            // struct tc_u32_sel with one key that nothing is asked of: the last in its list.
            options.add(TCA_U32_SEL, [UInt8(TC_U32_TERMINAL), 0, 1] + [UInt8](repeating: 0, count: 13 + 16))
            options.nest(TCA_U32_ACT) { actions in
                actions.nest(1) { action in
                    action.add(TCA_ACT_KIND, "mirred")
                    action.nest(TCA_ACT_OPTIONS) { $0.add(TCA_MIRRED_PARMS, redirection(to: target)) }
                }
            }
        }
        return request
    }
}

/// struct tc_mirred
private func redirection(to target: Int32) -> [UInt8] {
    let general = machineBytes(UInt32(0)) + machineBytes(UInt32(0)) + machineBytes(Int32(TC_ACT_STOLEN)) + machineBytes(UInt64(0))
    return general + machineBytes(Int32(TCA_EGRESS_REDIR)) + machineBytes(target)
}
