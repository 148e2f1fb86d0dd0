internal import Kernel
internal import Lifecycle

extension GlobalOptions {
    /// The containers under the root directory these options name.
    func runtime() throws(Failure) -> Runtime {
        let directory = try RootDirectory(root, of: caller())
        do {
            try directory.make()
        } catch {
            throw Failure(error)
        }
        return Runtime(
            Settings(
                root: directory.path, isRootExplicit: directory.origin == .given,
                cgroupDriver: systemdCgroup ? .systemd : .cgroupfs, rootless: rootless.setting))
    }

    private func caller() throws(Failure) -> Caller {
        do {
            return try .current(root: root)
        } catch {
            throw Failure(error)
        }
    }
}

extension Rootless {
    fileprivate var setting: Settings.Rootless {
        switch self {
        case .yes: .yes
        case .no: .no
        case .auto: .auto
        }
    }
}
