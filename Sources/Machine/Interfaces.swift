internal import JSON
public import Kernel

/// A network interface of a guest.
public struct GuestInterface: Hashable, Sendable {
    /// As the host calls it: `eth0`. Letters, digits, `-`, `_` and `.`.
    public var name: String
    /// Six bytes.
    public var mac: [UInt8]
    /// Bytes; the largest frame's payload.
    public var mtu: UInt32

    public init(_ name: String, mac: [UInt8], mtu: UInt32) {
        self.name = name
        self.mac = mac
        self.mtu = mtu
    }

    var macText: String {
        mac.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension RunningMachine {
    /// How many interfaces there can be: half the slots of a bus.
    public static var interfaceLimit: Int { 16 }

    /// Adds an interface to the running guest, in the slot with this number, from 0, which must be free. Its frames go through `tap`, a
    /// descriptor of a tap device without IFF_VNET_HDR's offloads being needed. Nothing else happens meanwhile, until `deadline` at most.
    public func plug(
        _ interface: GuestInterface, in port: Int, tap: borrowing OwnedFD, until deadline: Deadline
    ) throws(MachineError) {
        guard (0..<Self.interfaceLimit).contains(port) else {
            throw .unfit("\(interface.name): a virtual machine can have \(Self.interfaceLimit) network interfaces at most")
        }
        let (tapName, network, device) = ("tap\(port)", "network\(port)", "interface\(port)")
        try monitor.pass(tap, as: tapName, until: deadline)
        do throws(MachineError) {
            _ = try monitor.execute(
                "netdev_add", ["type": "tap", "id": .string(network), "fd": .string(tapName)], until: deadline)
        } catch {
            _ = try monitor.execute("closefd", ["fdname": .string(tapName)], until: deadline)
            throw error
        }
        do throws(MachineError) {
            // Without a boot ROM, which nobody would run.
            _ = try monitor.execute(
                "device_add",
                [
                    "driver": "virtio-net-pci", "id": .string(device), "netdev": .string(network),
                    "bus": .string(QEMUArguments.interfaceBus), "addr": .string(String(port + 1, radix: 16)),
                    "mac": .string(interface.macText), "host_mtu": Value(interface.mtu), "romfile": "",
                ], until: deadline)
        } catch {
            _ = try monitor.execute("netdev_del", ["id": .string(network)], until: deadline)
            throw error
        }
    }
}
