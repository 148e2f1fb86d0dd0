internal import Kernel

/// The names of users, of passwd(5)'s file: a static program has no name service to ask.
struct UserNames {
    private var names: [UInt32: String] = [:]

    init(passwd: String) {
        for line in passwd.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 2, !fields[0].isEmpty, let uid = UInt32(fields[2]), names[uid] == nil else { continue }
            names[uid] = String(fields[0])
        }
    }

    /// `#` and the number for one without a name.
    subscript(uid: UInt32) -> String { names[uid] ?? "#\(uid)" }

    /// Without names where the file cannot be read.
    static func read() -> UserNames {
        do {
            return UserNames(passwd: try readText("/etc/passwd"))
        } catch {
            return UserNames(passwd: "")
        }
    }
}
