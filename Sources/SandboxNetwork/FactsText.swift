public import JSON

extension NetworkFacts {
    /// As the guest is told.
    public var json: Value { .object([.init("links", .array(links.map(\.json)))]) }

    /// What the guest was told. Every member must be known and in its range.
    public init(json: Value) throws(NetworkError) {
        do throws(JSONError) {
            let reader = Reader(json)
            try reader.only("links")
            self.init()
            for element in try reader.required("links").elements() {
                let link = try NetworkLink(element)
                if links.contains(where: { $0.hardwareAddress == link.hardwareAddress }) {
                    throw element.fault(at: "hardwareAddress", "is there twice")
                }
                if links.contains(where: { $0.name.isSame(as: link.name) }) { throw element.fault(at: "name", "is there twice") }
                links.append(link)
            }
        } catch { throw .facts("\(error)") }
    }
}

extension NetworkLink {
    fileprivate var json: Value {
        .object([
            .init("name", .string(name)), .init("hardwareAddress", text(hardwareAddress)), .init("mtu", Value(mtu)),
            .init("addresses", .array(addresses.map(\.json))), .init("routes", .array(routes.map(\.json))),
            .init("neighbours", .array(neighbours.map(\.json))),
        ])
    }

    fileprivate init(_ reader: Reader) throws(JSONError) {
        try reader.only("name", "hardwareAddress", "mtu", "addresses", "routes", "neighbours")
        let nameReader = try reader.required("name")
        // IFNAMSIZ of the kernel, and what dev_valid_name refuses.
        let name = try nameReader.string()
        let isValid = (1...15).contains(name.utf8.count) && name != "." && name != ".."
        guard isValid, !name.utf8.contains(where: { "/: \t\n\r\u{0B}\u{0C}".utf8.contains($0) }) else {
            throw nameReader.mustBe("the name of a network interface")
        }
        self.init(
            name: name, hardwareAddress: try reader.required("hardwareAddress").hardwareAddress(),
            mtu: try reader.required("mtu").integer(in: 68...65535))
        for element in try reader.required("addresses").elements() { addresses.append(try InterfaceAddress(element)) }
        for element in try reader.required("routes").elements() { routes.append(try Route(element)) }
        for element in try reader.required("neighbours").elements() { neighbours.append(try Neighbour(element)) }
    }
}

extension InterfaceAddress {
    fileprivate var json: Value {
        object(("address", text(address)), ("peer", peer.map(text)), ("broadcast", broadcast.map(text)), ("scope", Value(scope)))
    }

    fileprivate init(_ reader: Reader) throws(JSONError) {
        try reader.only("address", "peer", "broadcast", "scope")
        let address = try reader.required("address").subnet()
        self.init(
            address: address, peer: try reader.address("peer", like: address), broadcast: try reader.address("broadcast", like: address),
            scope: try reader.required("scope").integer())
    }
}

extension Route {
    fileprivate var json: Value {
        object(
            ("destination", text(destination)), ("gateway", gateway.map(text)), ("source", source.map(text)), ("metric", Value(metric)),
            ("scope", Value(scope)), ("origin", Value(origin)), ("onLink", .bool(isOnLink)), ("mtu", Value(mtu)))
    }

    fileprivate init(_ reader: Reader) throws(JSONError) {
        try reader.only("destination", "gateway", "source", "metric", "scope", "origin", "onLink", "mtu")
        let destination = try reader.required("destination").subnet()
        self.init(
            destination: destination, gateway: try reader.member("gateway")?.address(),
            source: try reader.address("source", like: destination), metric: try reader.required("metric").integer(),
            scope: try reader.required("scope").integer(), origin: try reader.required("origin").integer(),
            isOnLink: try reader.required("onLink").bool(), mtu: try reader.required("mtu").integer(in: 0...65535))
    }
}

extension Neighbour {
    fileprivate var json: Value { object(("address", text(address)), ("hardwareAddress", text(hardwareAddress))) }

    fileprivate init(_ reader: Reader) throws(JSONError) {
        try reader.only("address", "hardwareAddress")
        self.init(
            address: try reader.required("address").address(), hardwareAddress: try reader.required("hardwareAddress").hardwareAddress())
    }
}

private func text(_ value: some CustomStringConvertible) -> Value { .string(value.description) }

/// An object with the members that have a value.
private func object(_ members: (String, Value?)...) -> Value {
    .object(members.compactMap { key, value in value.map { .init(key, $0) } })
}

extension Reader {
    fileprivate func address() throws(JSONError) -> IPAddress {
        guard let address = IPAddress(try string()) else { throw mustBe("an IP address") }
        return address
    }

    /// An address of the same family.
    fileprivate func address(_ key: String, like subnet: Subnet) throws(JSONError) -> IPAddress? {
        guard let member = try member(key) else { return nil }
        let address = try member.address()
        guard address.family == subnet.address.family else { throw member.fault("is of another family than \(subnet)") }
        return address
    }

    fileprivate func subnet() throws(JSONError) -> Subnet {
        guard let subnet = Subnet(try string()) else { throw mustBe("an IP address with the length of a prefix") }
        return subnet
    }

    fileprivate func hardwareAddress() throws(JSONError) -> HardwareAddress {
        guard let address = HardwareAddress(try string()) else { throw mustBe("a hardware address of 6 bytes") }
        return address
    }
}
