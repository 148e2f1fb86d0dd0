internal import CCap
internal import Spec

/// The names of the capabilities libcap knows, in the kernel's order: `CAP_CHOWN` first.
public let capabilityNames: [String] = {
    var names: [String] = []
    for number in 0..<Int32(64) {
        guard let name = capabilityName(number) else { break }
        names.append(name)
    }
    return names
}()

/// nil for a number that has no name.
private func capabilityName(_ number: Int32) -> String? {
    guard let text = unsafe cap_to_name(number) else { return nil }
    defer { unsafe cap_free(text) }
    let name = unsafe String(cString: text)
    // libcap prints the bare number of those it does not know.
    return name.hasPrefix("cap_") ? name.uppercased() : nil
}

/// The five sets as masks.
struct CapabilityMasks {
    var bounding: UInt64 = 0
    var effective: UInt64 = 0
    var inheritable: UInt64 = 0
    var permitted: UInt64 = 0
    var ambient: UInt64 = 0
}

extension Planner {
    /// Names nobody knows, and those the runtime cannot grant, are left out with a warning (runtime-spec config.md).
    mutating func capabilityMasks(_ capabilities: Capabilities) -> CapabilityMasks {
        var masks = CapabilityMasks()
        masks.bounding = mask(capabilities.bounding, "bounding")
        masks.effective = mask(capabilities.effective, "effective")
        masks.inheritable = mask(capabilities.inheritable, "inheritable")
        masks.permitted = mask(capabilities.permitted, "permitted")
        masks.ambient = mask(capabilities.ambient, "ambient")
        // capset(2): effective must lie within permitted; an ambient one must be permitted and inheritable.
        masks.effective &= masks.permitted
        return masks
    }

    private mutating func mask(_ names: [String], _ set: String) -> UInt64 {
        // A new user namespace gives its first process all there are.
        let all = facts.lastCapability >= 63 ? UInt64.max : (1 << (facts.lastCapability + 1)) - 1
        let grantable = namespace(.user) != nil ? all : facts.capabilities
        var mask: UInt64 = 0
        for name in names {
            guard let number = capabilityNames.firstIndex(of: name) else {
                warn("config.json: /process/capabilities/\(set): unknown capability \(name) ignored")
                continue
            }
            guard grantable & 1 << UInt64(number) != 0 else {
                warn("config.json: /process/capabilities/\(set): \(name) is not available and ignored")
                continue
            }
            mask |= 1 << UInt64(number)
        }
        return mask
    }
}
