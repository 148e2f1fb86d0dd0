internal import Kernel
internal import Lifecycle
internal import Sandbox

extension Globals {
    /// The containers under the root directory these options name.
    func runtime() throws(Failure) -> Runtime {
        let directory = try RootDirectory(root, of: caller())
        do {
            try directory.make()
        } catch {
            throw Failure(error)
        }
        let settings = Settings(
            root: directory.path, isRootExplicit: directory.origin == .given, cgroupDriver: cgroupDriver, rootless: rootless)
        return Runtime(settings, guests: SandboxBackend(settings, program: CommandLine.arguments.first ?? ""))
    }

    private func caller() throws(Failure) -> Caller {
        do {
            return try .current(root: root)
        } catch {
            throw Failure(error)
        }
    }
}
