internal import Spec

/// What this build supports, for `features` and `--version`.
enum Support {
    static let libseccomp = "2.5.4"
}
