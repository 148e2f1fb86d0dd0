internal import Lifecycle
internal import Spec

/// What `--version` prints. The number stands here and nowhere else.
enum Version {
    static let number = "0.1.0"
    static let commit = "unknown"

    /// dockerd reads the line with `version` and the one with `commit:`, podman shows the text as it is.
    static var text: String {
        """
        swiftrun version \(number)
        commit: \(commit)
        spec: \(SpecVersion.maximum)
        libseccomp: \(SeccompSupport.libraryVersion)

        """
    }
}
