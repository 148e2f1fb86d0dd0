public import Spec

/// A property of a unit, as org.freedesktop.systemd1(5) lists them.
public struct UnitProperty: Hashable, Sendable {
    public let name: String
    public let value: BusValue

    public init(_ name: String, _ value: BusValue) {
        self.name = name
        self.value = value
    }

    /// How the calls take it: `(sv)`.
    var wire: BusValue { .structure([.string(name), .variant(value)]) }
}

/// The properties of a new unit for the container `id`, besides its limits.
///
/// - Parameter process: who is put into it: a scope without a process is refused. A slice has none.
/// - Parameter version: systemd's.
public func creationProperties(of unit: UnitName, id: String, process: Int32?, version: Int) -> [UnitProperty] {
    var properties = [
        UnitProperty("Description", .string(description(id))),
        // Without the ordering after sysinit.target and before shutdown.target, which would have containers wait for the boot.
        UnitProperty("DefaultDependencies", .boolean(false)),
    ]
    switch unit.kind {
    case .slice: properties.append(UnitProperty("Wants", .strings([unit.slice])))
    case .scope:
        properties.append(UnitProperty("Slice", .string(unit.slice)))
        // The cgroup is ours from here on, and what is below it, as systemd.resource-control(5) says of Delegate=.
        properties.append(UnitProperty("Delegate", .boolean(true)))
        // Else one whose init was killed for want of memory would be kept for somebody to look at.
        if version >= 236 { properties.append(UnitProperty("CollectMode", .string("inactive-or-failed"))) }
        if let process { properties.append(UnitProperty("PIDs", .array(of: "u", [.uint32(UInt32(bitPattern: process))]))) }
    }
    for name in ["CPU", "IO", "Memory", "Tasks"] { properties.append(UnitProperty(name + "Accounting", .boolean(true))) }
    return properties
}

private func description(_ id: String) -> String { "swiftrun container \(id)" }

/// What the unit of the container `id` is called for people, and known by.
public func unitDescription(id: String, _ annotations: [Annotation]) throws(SystemdError) -> String {
    try annotatedProperties(annotations).last { $0.name == "Description" }?.value.text ?? description(id)
}
