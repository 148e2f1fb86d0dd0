internal import CLinux
internal import JSON
public import Kernel

extension NetworkFacts {
    /// Makes this process's network namespace have them: interfaces are found by their hardware addresses, and awaited until `deadline`.
    ///
    /// What the interfaces have had before and these facts do not tell of is removed.
    public func apply(until deadline: Deadline) throws(NetworkError) {
        var kernel = try RouteSocket(groups: UInt32(RTMGRP_LINK))
        let indices = try kernel.await(links, until: deadline)
        try kernel.name(links, indices)
        for (link, index) in zip(links, indices) {
            try kernel.leaveUnaddressed(index, link.name)
            try kernel.change(.link(index, mtu: link.mtu), "set the mtu of \(link.name) to \(link.mtu)")
            try kernel.change(.link(index, isUp: true), "bring \(link.name) up")
        }
        let present = try kernel.facts().links
        for (link, index) in zip(links, indices) {
            guard let old = present.first(where: { $0.hardwareAddress == link.hardwareAddress }) else { continue }
            try kernel.remove(old, except: link, index)
        }
        for (link, index) in zip(links, indices) {
            for address in link.addresses {
                let request = NetlinkRequest.address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, address, index)
                try kernel.change(request, "add address \(address.address) to \(link.name)")
            }
        }
        // A gateway must be known to be on its link before a route goes through it.
        for isThroughGateway in [false, true] {
            for (link, index) in zip(links, indices) {
                for route in link.routes where (route.gateway != nil) == isThroughGateway {
                    let request = NetlinkRequest.route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route, index)
                    try kernel.change(request, "add \(route.brief) on \(link.name)")
                }
            }
        }
        for (link, index) in zip(links, indices) {
            for neighbour in link.neighbours {
                let request = NetlinkRequest.neighbour(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, neighbour, index)
                try kernel.change(request, "add neighbour \(neighbour.address) to \(link.name)")
            }
        }
    }
}

extension Route {
    /// As a step of the set-up names it.
    fileprivate var brief: String { "route to \(destination)" + (gateway.map { " by \($0)" } ?? "") }
}

extension RouteSocket {
    /// The interface makes no address of its own: a kernel without IPv6, or an interface that can have none, makes none anyway.
    mutating func leaveUnaddressed(_ index: Int32, _ name: String) throws(NetworkError) {
        var request = NetlinkRequest.link(index)
        request.attributes.nest(IFLA_AF_SPEC) { families in
            families.nest(CLINUX_AF_INET6) { $0.add(IFLA_INET6_ADDR_GEN_MODE, [UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue)]) }
        }
        do throws(NetworkError) {
            try change(request, "leave \(name) without addresses of its own")
        } catch {
            guard case .refused(_, .familyNotSupported, _) = error else { throw error }
        }
    }

    /// The interfaces' numbers, when all of them are there.
    fileprivate mutating func await(_ wanted: [NetworkLink], until deadline: Deadline) throws(NetworkError) -> [Int32] {
        while true {
            let rows = try links().filter { $0.isEthernet && !$0.isTap }
            let found = wanted.map { link in rows.first { HardwareAddress($0.address) == link.hardwareAddress }?.index }
            let indices = found.compactMap(\.self)
            if indices.count == wanted.count { return indices }
            let isTold = try system { () throws(SyscallError) in try poll([Watch(descriptor, .readable)], until: deadline) != nil }
            guard isTold else { throw .missing(wanted[found.firstIndex(of: nil) ?? 0].hardwareAddress) }
            try forgetNews()
        }
    }

    /// Gives the interfaces their names, which others may have now, each other included.
    fileprivate mutating func name(_ links: [NetworkLink], _ indices: [Int32]) throws(NetworkError) {
        let rows = try self.links()
        let misnamed = zip(links, indices).filter { link, index in !rows.contains { $0.index == index && $0.name.isSame(as: link.name) } }
        for row in rows where misnamed.contains(where: { $0.0.name.isSame(as: row.name) }) {
            try rename(row.index, row.name, to: "unnamed\(row.index)")
        }
        for (link, index) in misnamed { try rename(index, "interface \(index)", to: link.name) }
    }

    /// Kernels before 6.2 rename only what is down.
    private mutating func rename(_ index: Int32, _ name: String, to other: String) throws(NetworkError) {
        try change(.link(index, isUp: false), "bring \(name) down")
        var request = NetlinkRequest.link(index)
        request.attributes.add(IFLA_IFNAME, other)
        try change(request, "rename \(name) to \(other)")
    }

    fileprivate mutating func remove(_ old: NetworkLink, except new: NetworkLink, _ index: Int32) throws(NetworkError) {
        for neighbour in old.neighbours where !new.neighbours.contains(neighbour) {
            try change(.neighbour(RTM_DELNEIGH, 0, neighbour, index), "remove neighbour \(neighbour.address) from \(old.name)")
        }
        for route in old.routes where !new.routes.contains(route) {
            try change(.route(RTM_DELROUTE, 0, route, index), "remove \(route.brief) on \(old.name)")
        }
        for address in old.addresses where !new.addresses.contains(address) {
            try change(.address(RTM_DELADDR, 0, address, index), "remove address \(address.address) from \(old.name)")
        }
    }
}
