internal import CLinux

// Requests that make, change or remove one thing.

extension NetlinkRequest {
    /// A change of the interface that the attributes tell.
    static func link(_ index: Int32) -> NetlinkRequest { NetlinkRequest(RTM_NEWLINK, interface(index, flags: 0, change: 0)) }

    static func link(_ index: Int32, isUp: Bool) -> NetlinkRequest {
        let up = UInt32(CLINUX_IFF_UP)
        return NetlinkRequest(RTM_NEWLINK, interface(index, flags: isUp ? up : 0, change: up))
    }

    static func link(_ index: Int32, mtu: UInt32) -> NetlinkRequest {
        var request = link(index)
        request.attributes.add(IFLA_MTU, mtu)
        return request
    }

    /// An address without the route to its subnet that the kernel would add, and in use without having asked whether it is free.
    static func address(_ type: some BinaryInteger, _ flags: Int32, _ address: InterfaceAddress, _ link: Int32) -> NetlinkRequest {
        let own = address.address
        let fields = [own.address.family, own.length, 0, address.scope] + machineBytes(link)
        var request = NetlinkRequest(type, fields, flags)
        request.attributes.add(IFA_LOCAL, own.address.bytes)
        request.attributes.add(IFA_ADDRESS, (address.peer ?? own.address).bytes)
        if let broadcast = address.broadcast { request.attributes.add(IFA_BROADCAST, broadcast.bytes) }
        request.attributes.add(IFA_FLAGS, UInt32(IFA_F_NOPREFIXROUTE | IFA_F_NODAD))
        return request
    }

    static func route(_ type: some BinaryInteger, _ flags: Int32, _ route: Route, _ link: Int32) -> NetlinkRequest {
        let (destination, family) = (route.destination, route.destination.address.family)
        let fields =
            [family, destination.length, 0, 0, UInt8(RT_TABLE_MAIN.rawValue), route.origin, route.scope, UInt8(RTN_UNICAST)]
            + machineBytes(UInt32(route.isOnLink ? RTNH_F_ONLINK : 0))
        var request = NetlinkRequest(type, fields, flags)
        if destination.length > 0 { request.attributes.add(RTA_DST.rawValue, destination.address.bytes) }
        if let gateway = route.gateway {
            if gateway.family == family {
                request.attributes.add(RTA_GATEWAY.rawValue, gateway.bytes)
            } else {
                request.attributes.add(RTA_VIA.rawValue, machineBytes(UInt16(gateway.family)) + gateway.bytes)
            }
        }
        if let source = route.source { request.attributes.add(RTA_PREFSRC.rawValue, source.bytes) }
        request.attributes.add(RTA_OIF.rawValue, machineBytes(link))
        if route.metric > 0 { request.attributes.add(RTA_PRIORITY.rawValue, route.metric) }
        if route.mtu > 0 { request.attributes.nest(RTA_METRICS.rawValue) { $0.add(RTAX_MTU, route.mtu) } }
        return request
    }

    static func neighbour(_ type: some BinaryInteger, _ flags: Int32, _ neighbour: Neighbour, _ link: Int32) -> NetlinkRequest {
        let fields = [neighbour.address.family, 0, 0, 0] + machineBytes(link) + machineBytes(UInt16(NUD_PERMANENT)) + [0, 0]
        var request = NetlinkRequest(type, fields, flags)
        request.attributes.add(NDA_DST, neighbour.address.bytes)
        request.attributes.add(NDA_LLADDR, neighbour.hardwareAddress.bytes)
        return request
    }
}

/// struct ifinfomsg
private func interface(_ index: Int32, flags: UInt32, change: UInt32) -> [UInt8] {
    [0, 0, 0, 0] + machineBytes(index) + machineBytes(flags) + machineBytes(change)
}
