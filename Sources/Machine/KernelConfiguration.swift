internal import Kernel

/// What a kernel was built with.
struct KernelConfiguration {
    let path: String
    private let lines: Set<Substring>

    /// nil: nobody tells.
    init?(of kernel: String, _ version: String) throws(MachineError) {
        let directory = Path.parent(kernel)
        let places = [directory + "/config", directory + "/config-" + version, "/lib/modules/" + version + "/config"]
        guard let place = try firstExisting(places) else { return nil }
        path = place
        let text = try step("read \(place)") { () throws(SyscallError) in try readText(place, limit: 4 << 20) }
        lines = Set(text.split(separator: "\n"))
    }

    /// Whether it has the option, such as `MODULE_SIG`, built in.
    func has(_ option: String) -> Bool { lines.contains("CONFIG_\(option)=y") }
}
