internal import JSON

/// The version of the protocol that this side speaks.
public enum AgentProtocolVersion {
    public static let current = 1
}

/// The text of a hello.
func hello() -> [UInt8] { Array(Value.object([.init("version", Value(AgentProtocolVersion.current))]).text(.compact).utf8) }

/// Reads the other side's. Members this version does not know are for later ones, which are told apart by the number alone.
func checkHello(_ bytes: [UInt8]) throws(ProtocolError) {
    let version: Int
    do throws(JSONError) {
        version = try Reader(try parse(bytes, messageLimits)).required("version").integer(in: 0...Int.max)
    } catch { throw .message("hello: \(error)") }
    guard version == AgentProtocolVersion.current else {
        throw .version("the other side speaks version \(version), this one \(AgentProtocolVersion.current)")
    }
}

/// What a message may cost to read. A configuration of the runtime specification nests 9 levels deep.
let messageLimits = Limits(bytes: Frame.messageLimit, depth: 64)
