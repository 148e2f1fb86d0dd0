internal import JSON

// A message is an object with one member, whose key says what it is. Everything in it is checked, and nothing that this version does
// not know is passed over.

/// The text of a message.
func message(_ kind: String, _ body: Value) -> [UInt8] { Array(Value.object([.init(kind, body)]).text(.compact).utf8) }

/// Reads a message; `body` knows its kinds.
func read<Message>(_ bytes: [UInt8], _ body: (String, Reader) throws(JSONError) -> Message?) throws(ProtocolError) -> Message {
    do throws(JSONError) {
        let members = try Reader(try parse(bytes, messageLimits)).members()
        guard members.count == 1, let (kind, reader) = members.first else { throw .value(path: "", problem: "must have one member") }
        guard let message = try body(kind, reader) else { throw .value(path: "", problem: "unknown: \(shortened(kind))") }
        return message
    } catch { throw .message("\(error)") }
}

extension Reader {
    /// A name: of a container, a machine, a tag.
    func name() throws(JSONError) -> String {
        let text = try string()
        guard !text.isEmpty, text.utf8.count <= 1024 else { throw fault("must be 1 to 1024 bytes long") }
        return text
    }
}

private func shortened(_ text: String) -> String { text.utf8.count > 60 ? "\(text.prefix(60))..." : text }
