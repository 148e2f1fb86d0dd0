internal import Kernel

/// Which systemd: that of the machine or that of a user.
public enum Instance: Hashable, Sendable {
    case system, user
}

/// Where a bus listens (D-Bus specification, "Server Addresses").
public struct BusAddress: Hashable, Sendable {
    /// Of the socket.
    public let path: String

    public init(path: String) { self.path = path }

    /// The first of a list of addresses, separated by semicolons, that is the path of a Unix socket; nil: none is.
    public init?(_ list: String) {
        for address in list.split(separator: ";") {
            guard address.hasPrefix("unix:") else { continue }
            for pair in address.dropFirst(5).split(separator: ",") where pair.hasPrefix("path=") {
                guard let path = unescaped(pair.dropFirst(5)), Path.isAbsolute(path) else { continue }
                self.path = path
                return
            }
        }
        return nil
    }

    /// The bus of an instance of systemd, as sd_bus_default_system(3) and sd_bus_default_user(3) find it.
    public static func of(_ instance: Instance) throws(SystemdError) -> BusAddress {
        switch instance {
        case .system:
            if let address = try named("DBUS_SYSTEM_BUS_ADDRESS") { return address }
            return BusAddress(path: "/run/dbus/system_bus_socket")
        case .user:
            if let address = try named("DBUS_SESSION_BUS_ADDRESS") { return address }
            let uid = OwnIDs().effectiveUID
            if let directory = environment("XDG_RUNTIME_DIR"), Path.isAbsolute(directory) {
                return BusAddress(path: Path.join(directory, "bus"))
            }
            // Within a user namespace 0 is no user of the machine's.
            if uid != 0 { return BusAddress(path: "/run/user/\(uid)/bus") }
            throw .noBus(
                "the user's bus is not known: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set, as a login session sets them")
        }
    }

    private static func named(_ variable: String) throws(SystemdError) -> BusAddress? {
        guard let list = environment(variable), !list.isEmpty else { return nil }
        guard let address = BusAddress(list) else {
            throw .noBus("$\(variable): must have an address of the form unix:path=/…, found \"\(quotable(list))\"")
        }
        return address
    }
}

/// Takes back the %XX of an address.
private func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16), value != 0 else { return nil }
        rest = rest.dropFirst(2)
        bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
}
