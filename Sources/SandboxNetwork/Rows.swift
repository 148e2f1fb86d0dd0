internal import CLinux

// What the kernel tells of one interface, address, route, neighbour: the fixed fields of rtnetlink(7) and the attributes.

struct LinkRow {
    var index: Int32
    /// As in <linux/if_arp.h>.
    var type: UInt16
    var flags: UInt32
    var name = ""
    var mtu: UInt32 = 0
    var address: ArraySlice<UInt8> = []
    /// What made it, such as `veth` or `tun`; empty for hardware.
    var kind = ""

    var isUp: Bool { flags & UInt32(CLINUX_IFF_UP) != 0 }
    var isLoopback: Bool { flags & UInt32(CLINUX_IFF_LOOPBACK) != 0 }
    var isEthernet: Bool { type == UInt16(CLINUX_ARPHRD_ETHER) && address.count == 6 }

    init(_ body: ArraySlice<UInt8>) throws(NetworkError) {
        var fields = NetlinkFields(body)
        _ = try fields.take(2)
        type = try fields.number(UInt16.self)
        index = try fields.number(Int32.self)
        flags = try fields.number(UInt32.self)
        _ = try fields.take(4)
        for (attribute, payload) in try fields.attributes() {
            switch attribute {
            case Int(IFLA_IFNAME): name = try payload.netlinkText()
            case Int(IFLA_MTU): mtu = try payload.number()
            case Int(IFLA_ADDRESS): address = payload
            case Int(IFLA_LINKINFO):
                for (inner, text) in try NetlinkFields(payload).attributes() where inner == Int(IFLA_INFO_KIND) {
                    kind = try text.netlinkText()
                }
            default: break
            }
        }
        guard !name.isEmpty else { throw .unintelligible("an interface without a name") }
    }
}

struct AddressRow {
    var link: Int32
    var address: InterfaceAddress
    var isFailed: Bool

    /// nil: of a family that is no IP.
    init?(_ body: ArraySlice<UInt8>) throws(NetworkError) {
        var fields = NetlinkFields(body)
        let (family, length) = (try fields.number(UInt8.self), try fields.number(UInt8.self))
        var flags = UInt32(try fields.number(UInt8.self))
        let scope = try fields.number(UInt8.self)
        link = try fields.number(Int32.self)
        guard IPAddress.none(family: family) != nil else { return nil }
        var (local, remote, broadcast): (IPAddress?, IPAddress?, IPAddress?) = (nil, nil, nil)
        for (attribute, payload) in try fields.attributes() {
            switch attribute {
            case Int(IFA_LOCAL): local = try ip(payload, family)
            case Int(IFA_ADDRESS): remote = try ip(payload, family)
            case Int(IFA_BROADCAST): broadcast = try ip(payload, family)
            case Int(IFA_FLAGS): flags = try payload.number()
            default: break
            }
        }
        guard let own = local ?? remote, let subnet = Subnet(own, length: length) else { throw .unintelligible("an address without one") }
        isFailed = flags & UInt32(IFA_F_DADFAILED) != 0
        address = InterfaceAddress(address: subnet, peer: remote == own ? nil : remote, broadcast: broadcast, scope: scope)
    }
}

struct RouteRow {
    /// 0: none, or several.
    var link: Int32 = 0
    var table: UInt32
    var type: UInt8
    var flags: UInt32
    /// Interfaces of a route with several ways.
    var ways: [Int32] = []
    var hasSourceSubnet: Bool
    var route: Route

    /// nil: of a family that is no IP.
    init?(_ body: ArraySlice<UInt8>) throws(NetworkError) {
        var fields = NetlinkFields(body)
        let (family, length, sourceLength) = (try fields.number(UInt8.self), try fields.number(UInt8.self), try fields.number(UInt8.self))
        _ = try fields.take(1)
        table = UInt32(try fields.number(UInt8.self))
        let (origin, scope) = (try fields.number(UInt8.self), try fields.number(UInt8.self))
        type = try fields.number(UInt8.self)
        flags = try fields.number(UInt32.self)
        hasSourceSubnet = sourceLength > 0
        guard let nobody = IPAddress.none(family: family) else { return nil }
        guard let all = Subnet(nobody, length: length) else { throw .unintelligible("a route to a prefix of \(length) bits") }
        route = Route(destination: all, scope: scope, origin: origin, isOnLink: flags & UInt32(RTNH_F_ONLINK) != 0)
        for (attribute, payload) in try fields.attributes() {
            switch attribute {
            case Int(RTA_DST.rawValue): route.destination = Subnet(try ip(payload, family), length: length) ?? all
            case Int(RTA_OIF.rawValue): link = try payload.number()
            case Int(RTA_GATEWAY.rawValue): route.gateway = try ip(payload, family)
            case Int(RTA_VIA.rawValue):
                guard let gateway = IPAddress(payload.dropFirst(2)) else { throw .unintelligible("a gateway of \(payload.count) bytes") }
                route.gateway = gateway
            case Int(RTA_PREFSRC.rawValue): route.source = try ip(payload, family)
            case Int(RTA_PRIORITY.rawValue): route.metric = try payload.number()
            case Int(RTA_TABLE.rawValue): table = try payload.number()
            case Int(RTA_METRICS.rawValue):
                for (inner, number) in try NetlinkFields(payload).attributes() where inner == Int(RTAX_MTU) {
                    route.mtu = try number.number()
                }
            case Int(RTA_MULTIPATH.rawValue): ways = try interfaces(payload)
            default: break
            }
        }
    }
}

struct NeighbourRow {
    var link: Int32
    /// nil: nobody entered it for good.
    var neighbour: Neighbour?

    init(_ body: ArraySlice<UInt8>) throws(NetworkError) {
        var fields = NetlinkFields(body)
        let family = try fields.number(UInt8.self)
        _ = try fields.take(3)
        link = try fields.number(Int32.self)
        let (state, flags) = (try fields.number(UInt16.self), try fields.number(UInt8.self))
        _ = try fields.take(1)
        let isKept = state & UInt16(NUD_PERMANENT) != 0 && flags & UInt8(NTF_PROXY) == 0
        guard isKept, IPAddress.none(family: family) != nil else { return }
        var (address, hardware): (IPAddress?, HardwareAddress?) = (nil, nil)
        for (attribute, payload) in try fields.attributes() {
            switch attribute {
            case Int(NDA_DST): address = try ip(payload, family)
            case Int(NDA_LLADDR): hardware = HardwareAddress(payload)
            default: break
            }
        }
        if let address, let hardware { neighbour = Neighbour(address: address, hardwareAddress: hardware) }
    }
}

/// An address of the family that the message is of.
private func ip(_ payload: ArraySlice<UInt8>, _ family: UInt8) throws(NetworkError) -> IPAddress {
    guard let address = IPAddress(payload), address.family == family else { throw .unintelligible("an address of \(payload.count) bytes") }
    return address
}

/// Those of the next hops: struct rtnexthop, each with its attributes.
private func interfaces(_ payload: ArraySlice<UInt8>) throws(NetworkError) -> [Int32] {
    var found: [Int32] = []
    var rest = payload
    while !rest.isEmpty {
        var fields = NetlinkFields(rest)
        let length = Int(try fields.number(UInt16.self))
        _ = try fields.take(2)
        found.append(try fields.number(Int32.self))
        guard length >= 8, length <= rest.count else { throw .unintelligible("a next hop of \(length) bytes") }
        rest = rest.dropFirst((length + 3) / 4 * 4)
    }
    return found
}
