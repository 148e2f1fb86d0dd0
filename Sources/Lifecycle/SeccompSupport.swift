import Filters

/// What seccomp profiles may ask for here.
public enum SeccompSupport {
    /// Of libseccomp, such as `2.5.4`.
    public static var libraryVersion: String { FilterSupport.libraryVersion }
    /// SCMP_ARCH_*, sorted.
    public static var architectures: [String] { FilterSupport.architectures }
    /// SECCOMP_FILTER_FLAG_* that the running kernel knows.
    public static var flags: [String] { FilterSupport.flags }
}
