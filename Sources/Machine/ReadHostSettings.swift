internal import GuestPlan
internal import JSON
internal import Kernel
internal import Spec

extension HostSettings {
    /// Those in the file at `path`; the usual ones where there is none. An unknown member is an error: a misspelt setting must not
    /// be one that does not count.
    public init(path: String) throws(MachineError) {
        let bytes: [UInt8]
        do throws(SyscallError) { bytes = try readFile(path, limit: 1 << 20) } catch {
            guard error.errno == .noEntry else { throw .refused("read \(path)", error) }
            self.init()
            return
        }
        do throws(JSONError) { try self.init(Reader(parse(bytes, Limits(bytes: 1 << 20, depth: 8)))) } catch {
            throw .settings(path, error)
        }
    }

    private init(_ reader: Reader) throws(JSONError) {
        self.init()
        for (key, value) in try reader.members() {
            switch key {
            case "accelerator": accelerator = try value.choice(of: AcceleratorChoice.self)
            case "hypervisor": hypervisor = try absolutePath(value)
            case "kernel": kernel = try absolutePath(value)
            case "guestDirectory": guestDirectory = try absolutePath(value)
            case "fileServer": fileServer = try absolutePath(value)
            case "user": user = try User(value)
            case "memory": standardSize.memory = UInt64(try value.integer(in: SandboxRequest.memoryRange))
            case "vcpus": standardSize.vcpus = try value.integer(in: SandboxRequest.vcpuRange)
            case "overhead": overhead = try value.integer(in: 0...1_048_576)
            case "bootTimeout": bootTimeout = try value.integer(in: 1...3600)
            default: throw value.fault("there is no such setting")
            }
        }
    }
}

extension HostSettings.User {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        // root would be no confinement, and the last number is none.
        let range = 1...(UInt32.max - 1)
        self.init(uid: try reader.required("uid").integer(in: range), gid: try reader.required("gid").integer(in: range))
    }
}

private func absolutePath(_ reader: Reader) throws(JSONError) -> String {
    let path = try reader.string()
    guard Path.isAbsolute(path) else { throw reader.mustBe("an absolute path") }
    return path
}
