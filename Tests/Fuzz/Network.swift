@testable import SandboxNetwork

/// A datagram of the kernel's, its messages taken for everything that they could be.
func readNetlink(_ bytes: [UInt8]) {
    do throws(NetworkError) {
        for message in try NetlinkMessage.all(in: bytes[...]) {
            do throws(NetworkError) { _ = try LinkRow(message.body) } catch { _ = "\(error)" }
            do throws(NetworkError) { _ = try AddressRow(message.body).map { "\($0.address.address)" } } catch { _ = "\(error)" }
            do throws(NetworkError) { _ = try RouteRow(message.body).map { "\($0.route.destination)" } } catch { _ = "\(error)" }
            do throws(NetworkError) { _ = try NeighbourRow(message.body).neighbour.map { "\($0.address)" } } catch { _ = "\(error)" }
            do throws(NetworkError) { _ = try TrafficRow(message.body) } catch { _ = "\(error)" }
        }
    } catch { _ = "\(error)" }
}
