import TestKit
import Testing

/// The programs whose runtime swiftrun is to be: Debian's packages, which `make test` installs.
enum Caller: String, CaseIterable {
    case containerd, podman, dockerd

    var path: String { (self == .dockerd ? "/usr/sbin/" : "/usr/bin/") + rawValue }
}

@Suite struct InstalledTests {
    @Test(arguments: Caller.allCases)
    func `the caller is installed`(caller: Caller) {
        #expect(Files.exists(caller.path), "\(caller.path)")
    }
}
