internal import CLinux
internal import Kernel

extension NetworkFacts {
    /// Those of this process's network namespace, and an error for an interface that is up and no Ethernet.
    ///
    /// Left out: the loopback interface, interfaces that are down, taps made by `connect`, routes that reject or are of other tables.
    public static func read() throws(NetworkError) -> NetworkFacts {
        var kernel = try RouteSocket()
        return try kernel.facts()
    }
}

extension RouteSocket {
    mutating func facts() throws(NetworkError) -> NetworkFacts {
        var (links, indices): ([NetworkLink], [Int32]) = ([], [])
        for row in try self.links() where row.isUp && !row.isLoopback && !row.isTap {
            guard row.isEthernet, let address = HardwareAddress(row.address) else {
                throw .interface(row.name, problem: "is no Ethernet, and a sandbox has no other")
            }
            if let other = links.first(where: { $0.hardwareAddress == address }) {
                throw .interface(row.name, problem: "has the hardware address of \(other.name)")
            }
            links.append(NetworkLink(name: row.name, hardwareAddress: address, mtu: row.mtu))
            indices.append(row.index)
        }
        for row in try addresses() where !row.isFailed {
            if let place = indices.firstIndex(of: row.link) { links[place].addresses.append(row.address) }
        }
        for row in try routes() where row.isCarried {
            if let way = row.ways.first(where: indices.contains), let place = indices.firstIndex(of: way) {
                throw .interface(links[place].name, problem: "has a route to \(row.route.destination) with several ways")
            }
            guard let place = indices.firstIndex(of: row.link) else { continue }
            if row.hasSourceSubnet {
                throw .interface(links[place].name, problem: "has a route to \(row.route.destination) that depends on the source")
            }
            links[place].routes.append(row.route)
        }
        for row in try neighbours() {
            guard let neighbour = row.neighbour, let place = indices.firstIndex(of: row.link) else { continue }
            links[place].neighbours.append(neighbour)
        }
        return NetworkFacts(links: links)
    }

    mutating func links() throws(NetworkError) -> [LinkRow] {
        try list(NetlinkRequest(RTM_GETLINK, [UInt8](repeating: 0, count: 16)), "list interfaces") {
            (body) throws(NetworkError) in try LinkRow(body)
        }
    }

    private mutating func addresses() throws(NetworkError) -> [AddressRow] {
        try list(NetlinkRequest(RTM_GETADDR, [UInt8](repeating: 0, count: 8)), "list addresses") {
            (body) throws(NetworkError) in try AddressRow(body)
        }
    }

    private mutating func routes() throws(NetworkError) -> [RouteRow] {
        try list(NetlinkRequest(RTM_GETROUTE, [UInt8](repeating: 0, count: 12)), "list routes") {
            (body) throws(NetworkError) in try RouteRow(body)
        }
    }

    private mutating func neighbours() throws(NetworkError) -> [NeighbourRow] {
        try list(NetlinkRequest(RTM_GETNEIGH, [UInt8](repeating: 0, count: 12)), "list neighbours") {
            (body) throws(NetworkError) in try NeighbourRow(body)
        }
    }
}

extension RouteRow {
    /// Whether it is one that somebody made, and not what the kernel found out on the way.
    fileprivate var isCarried: Bool {
        table == UInt32(RT_TABLE_MAIN.rawValue) && type == UInt8(RTN_UNICAST) && flags & UInt32(RTM_F_CLONED) == 0
            && route.origin != UInt8(RTPROT_REDIRECT)
    }
}
