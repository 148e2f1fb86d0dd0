internal import CYajl

/// Reads one JSON document (RFC 8259) that is all of `bytes`.
///
/// Of members with the same key the last counts. A string may hold NUL (`\u0000`): who reads it decides.
public func parse(_ bytes: [UInt8], _ limits: Limits = .document) throws(JSONError) -> Value {
    try parse(bytes.span, limits)
}

/// Reads one JSON document (RFC 8259) that is all of `bytes`.
public func parse(_ bytes: Span<UInt8>, _ limits: Limits = .document) throws(JSONError) -> Value {
    guard bytes.count <= limits.bytes else { throw .tooLarge(limit: limits.bytes) }
    try check(bytes)

    var builder = Builder(depth: limits.depth)
    switch feed(bytes, to: &builder) {
    case .done:
        guard let document = builder.document else { throw fault(in: bytes, at: bytes.count, "ends too early") }
        return document
    case .early:
        throw fault(in: bytes, at: bytes.count, "ends too early")
    case .tooDeep(let offset):
        throw fault(in: bytes, at: offset, "is nested deeper than \(limits.depth) levels")
    case .bad(let offset, let complaint):
        throw fault(in: bytes, at: offset + complaint.shift, complaint.problem)
    }
}

private enum Outcome {
    case done
    /// The text stops inside of a value.
    case early
    case tooDeep(offset: Int)
    case bad(offset: Int, Complaint)
}

private func feed(_ bytes: Span<UInt8>, to builder: inout Builder) -> Outcome {
    unsafe withUnsafeMutablePointer(to: &builder) { builder in
        unsafe withUnsafePointer(to: callbacks()) { callbacks in
            guard let parser = unsafe yajl_alloc(callbacks, nil, builder) else { return .bad(offset: 0, Complaint("out of memory")) }
            defer { unsafe yajl_free(parser) }
            return unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe run(parser, bytes)
            }
        }
    }
}

private func run(_ parser: yajl_handle, _ bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    let status = unsafe yajl_parse(parser, bytes.baseAddress, bytes.count)
    let offset = unsafe yajl_get_bytes_consumed(parser)
    if status == yajl_status_client_canceled { return .tooDeep(offset: offset - 1) }
    if status != yajl_status_ok { return unsafe .bad(offset: offset, complaint(of: parser)) }
    if unsafe yajl_complete_parse(parser) == yajl_status_ok { return .done }
    // A number or word is complete only at the end of the text: one behind the document is found here.
    let complaint = unsafe complaint(of: parser)
    return complaint.problem == Complaint.trailing ? .bad(offset: bytes.count, complaint) : .early
}

private func complaint(of parser: yajl_handle) -> Complaint {
    guard let message = unsafe yajl_get_error(parser, 0, nil, 0) else { return Complaint("is not JSON") }
    defer { unsafe yajl_free_error(parser, message) }
    return unsafe Complaint(yajl: String(cString: message))
}

/// Nothing may unwind through yajl: each only appends. Zero stops the parser.
private func callbacks() -> yajl_callbacks {
    var callbacks = yajl_callbacks()
    unsafe callbacks.yajl_null = { unsafe add(.null, to: $0) }
    unsafe callbacks.yajl_boolean = { unsafe add(.bool($1 != 0), to: $0) }
    unsafe callbacks.yajl_number = { unsafe add(.number(text($1, $2)), to: $0) }
    unsafe callbacks.yajl_string = { unsafe add(.string(text($1, $2)), to: $0) }
    unsafe callbacks.yajl_start_map = { unsafe change($0) { $0.open() } }
    unsafe callbacks.yajl_start_array = { unsafe change($0) { $0.open() } }
    unsafe callbacks.yajl_map_key = { unsafe addKey(text($1, $2), to: $0) }
    unsafe callbacks.yajl_end_map = {
        unsafe change($0) {
            $0.closeObject()
            return true
        }
    }
    unsafe callbacks.yajl_end_array = {
        unsafe change($0) {
            $0.closeArray()
            return true
        }
    }
    return callbacks
}

/// `context` is what `feed` gave to yajl_alloc.
private func change(_ context: UnsafeMutableRawPointer?, _ body: (inout Builder) -> Bool) -> Int32 {
    guard let builder = unsafe context?.assumingMemoryBound(to: Builder.self) else { return 0 }
    return unsafe body(&builder.pointee) ? 1 : 0
}

private func add(_ value: Value, to context: UnsafeMutableRawPointer?) -> Int32 {
    unsafe change(context) {
        $0.add(value)
        return true
    }
}

private func addKey(_ key: String, to context: UnsafeMutableRawPointer?) -> Int32 {
    unsafe change(context) {
        $0.add(key: key)
        return true
    }
}

private func text(_ start: UnsafeRawPointer?, _ count: Int) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
}
