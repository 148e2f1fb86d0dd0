import CSeccomp
import Spec

/// What filters can be made of here: by the libseccomp that was linked, and on the running kernel.
public enum FilterSupport {
    /// libseccomp's version, such as `2.5.4`.
    public static var libraryVersion: String {
        guard let version = unsafe seccomp_version() else { return "unknown" }
        return unsafe "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.micro)"
    }

    /// SCMP_ARCH_* that libseccomp knows, sorted.
    public static var architectures: [String] {
        Seccomp.Architecture.allCases.map(\.rawValue).filter { Architecture($0) != nil }.sorted()
    }

    /// SECCOMP_FILTER_FLAG_* that the kernel knows.
    public static var flags: [String] {
        Seccomp.Flag.allCases.filter(\.isSupported).map(\.rawValue)
    }
}
