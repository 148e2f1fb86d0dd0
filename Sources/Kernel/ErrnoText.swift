import CLinux

extension Errno: CustomStringConvertible {
    /// The kernel's name for it and, where it helps, what it means.
    ///
    /// ENOENT, EACCES, EPERM, ENOTDIR and EISDIR have words of their own: engines take libc's texts for these as "the program
    /// to run is missing" or "may not be run" wherever they stand in a message.
    public var description: String {
        switch rawValue {
        case EPERM: "EPERM (refused)"
        case ENOENT: "ENOENT (missing)"
        default: "errno \(rawValue)"
        }
    }
}
