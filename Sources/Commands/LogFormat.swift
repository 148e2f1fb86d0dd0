internal import JSON
internal import Kernel

enum LogFormat: String, CaseIterable, Sendable {
    case text, json

    /// One record as a line, newline included, in the form logrus gives it: engines read the JSON one, people the other.
    func line(_ level: Level, _ message: String, at time: Timestamp) -> String {
        switch self {
        case .json:
            let record = Value.object([
                Value.Member("level", .string(level.rawValue)),
                Value.Member("msg", .string(message)),
                Value.Member("time", .string(time.inSeconds)),
            ])
            return record.text(.compact) + "\n"
        case .text:
            return "time=\"\(time.inSeconds)\" level=\(level.rawValue) msg=\(quotedIfNeeded(message))\n"
        }
    }

    /// logrus's names.
    enum Level: String {
        case debug, warning, error
    }
}

/// logrus leaves a text bare when it consists of letters, digits and `-._/@^+`.
private func quotedIfNeeded(_ message: String) -> String {
    let isBare = message.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._/@^+".utf8.contains($0)
        }
    }
    return isBare && !message.isEmpty ? message : Value.string(message).text(.compact)
}
