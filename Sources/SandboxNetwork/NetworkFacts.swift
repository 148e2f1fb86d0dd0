/// What a network namespace has, as far as a sandbox's guest has to have it too: the Ethernet interfaces that are up.
///
/// The host reads it where the pod's interfaces are and the guest makes the same of its own: `read`, `json`, `init(json:)`, `apply`.
public struct NetworkFacts: Hashable, Sendable {
    public var links: [NetworkLink]

    public init(links: [NetworkLink] = []) { self.links = links }
}

/// An Ethernet interface.
public struct NetworkLink: Hashable, Sendable {
    public var name: String
    /// What host and guest know the interface by; no two links of the same facts have the same one.
    public var hardwareAddress: HardwareAddress
    /// Bytes of a packet.
    public var mtu: UInt32
    /// In the kernel's order: of several in one subnet the first one is what packets are sent from.
    public var addresses: [InterfaceAddress] = []
    /// Of the main table, those to the subnets of the addresses included.
    public var routes: [Route] = []
    /// Those that somebody entered for good.
    public var neighbours: [Neighbour] = []

    public init(name: String, hardwareAddress: HardwareAddress, mtu: UInt32) {
        self.name = name
        self.hardwareAddress = hardwareAddress
        self.mtu = mtu
    }
}

/// An address of an interface.
public struct InterfaceAddress: Hashable, Sendable {
    /// With the length of its subnet's prefix.
    public var address: Subnet
    /// The other end of a point-to-point connection, whose subnet it then is.
    public var peer: IPAddress?
    public var broadcast: IPAddress?
    /// As rtnetlink(7) counts: 0 for the whole world, 253 for the link.
    public var scope: UInt8

    public init(address: Subnet, peer: IPAddress? = nil, broadcast: IPAddress? = nil, scope: UInt8 = 0) {
        self.address = address
        self.peer = peer
        self.broadcast = broadcast
        self.scope = scope
    }
}

/// Where packets to `destination` go.
public struct Route: Hashable, Sendable {
    public var destination: Subnet
    /// nil: the destination is on the link itself.
    public var gateway: IPAddress?
    /// What packets are sent from where their program does not say.
    public var source: IPAddress?
    /// Of two routes to the same destination the lower one counts.
    public var metric: UInt32
    /// As rtnetlink(7) counts: 0 for the whole world, 253 for the link.
    public var scope: UInt8
    /// Who made it, as rtnetlink(7) counts: 2 the kernel, 3 somebody at boot.
    public var origin: UInt8
    /// The gateway is taken to be on the link, whatever its address is.
    public var isOnLink: Bool
    /// Bytes of a packet on this route; 0: as the link's.
    public var mtu: UInt32

    public init(
        destination: Subnet, gateway: IPAddress? = nil, source: IPAddress? = nil, metric: UInt32 = 0, scope: UInt8 = 0, origin: UInt8 = 3,
        isOnLink: Bool = false, mtu: UInt32 = 0
    ) {
        self.destination = destination
        self.gateway = gateway
        self.source = source
        self.metric = metric
        self.scope = scope
        self.origin = origin
        self.isOnLink = isOnLink
        self.mtu = mtu
    }
}

/// Whose hardware an address of the link is at.
public struct Neighbour: Hashable, Sendable {
    public var address: IPAddress
    public var hardwareAddress: HardwareAddress

    public init(address: IPAddress, hardwareAddress: HardwareAddress) {
        self.address = address
        self.hardwareAddress = hardwareAddress
    }
}
