internal import JSON
internal import Kernel
public import Spec

/// A bundle's directory and what its config.json says.
public struct Bundle {
    /// Absolute, without symlinks.
    public let path: String
    public internal(set) var config: Config
    /// The bytes of config.json.
    public let document: [UInt8]

    init(_ directory: String) throws(LifecycleError) {
        let bytes: [UInt8]
        do throws(SyscallError) {
            path = try realPath(directory.isEmpty ? "." : directory)
            bytes = try Bundle.read(path + "/config.json")
        } catch {
            throw LifecycleError(
                error.errno == .noEntry ? "config.json: there is none in the bundle \(directory)" : "config.json: \(error)")
        }
        document = bytes
        do throws(SpecError) { config = try Config(bytes: bytes) } catch { throw LifecycleError("\(error)") }
    }

    /// One byte more than is allowed at most: a file too large is then refused without having been read.
    private static func read(_ path: String) throws(SyscallError) -> [UInt8] {
        let file = try open(path, [.readOnly, .nonBlocking])
        return try readUpTo(file, Limits.document.bytes + 1)
    }
}

private func readUpTo(_ file: borrowing OwnedFD, _ limit: Int) throws(SyscallError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
        let some = try Kernel.read(file, count: min(1 << 16, limit - bytes.count))
        if some.isEmpty { break }
        bytes += some
    }
    return bytes
}
