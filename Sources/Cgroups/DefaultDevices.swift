import Spec

/// Rules that follow those of config.json and cannot be denied, the list of runc: engines write their own with these in mind.
///
/// mknod of any node is among them, which the specification does not ask for. It stays: images with device nodes in their layers
/// are unpacked inside containers, CAP_MKNOD still has to be given, and a node that was made cannot be opened without a rule
/// of its own. 5:1 is not: a container's /dev/console is a pseudo terminal.
let defaultDeviceRules: [DeviceRule] = [
    allow(.character, nil, nil, .mknod),
    allow(.block, nil, nil, .mknod),
    // null, zero, full
    allow(.character, 1, 3, everything),
    allow(.character, 1, 5, everything),
    allow(.character, 1, 7, everything),
    // random, urandom
    allow(.character, 1, 8, everything),
    allow(.character, 1, 9, everything),
    // tty, ptmx, pts/*
    allow(.character, 5, 0, everything),
    allow(.character, 5, 2, everything),
    allow(.character, 136, nil, everything),
    // net/tun
    allow(.character, 10, 200, everything),
]

private let everything: DeviceRule.Access = [.mknod, .read, .write]

private func allow(
    _ kind: DeviceRule.Kind, _ major: UInt32?, _ minor: UInt32?, _ access: DeviceRule.Access
) -> DeviceRule {
    DeviceRule(isAllowed: true, kind: kind, major: major, minor: minor, access: access)
}
