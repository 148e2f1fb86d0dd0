internal import Kernel
internal import Spec
internal import Store

extension Runtime {
    func open(_ id: ContainerID) throws(LifecycleError) -> StateDirectory {
        try failing { () throws(StoreError) in try store.open(id) }
    }

    var store: Store { Store(root: settings.root) }

    /// Derived, never stored: from the init's pid and start time, its cgroup's freezer, and who holds the gate.
    func status(_ record: Record, _ directory: borrowing StateDirectory) throws(LifecycleError) -> Status {
        let phase: Gate.Phase
        do throws(SyscallError) {
            guard try record.identity.isAlive() else { return .stopped }
            phase = try Gate.phase(in: directory.descriptor)
        } catch { throw LifecycleError("\(record.id): read its status: \(error)") }
        do throws(LifecycleError) { if try backend(of: record).isFrozen(record) { return .paused } } catch {
            throw LifecycleError("\(record.id): read its status: \(error)")
        }
        return switch phase {
        case .creating: .creating
        case .waiting: .created
        case .passed: .running
        }
    }

    /// The state of a container as `state` prints it.
    public func state(_ id: String) throws(LifecycleError) -> ContainerState {
        try state(try containerID(id))
    }

    func state(_ id: ContainerID) throws(LifecycleError) -> ContainerState {
        let directory = try open(id)
        let record = try failing { () throws(StoreError) in try directory.load() }
        let status = try status(record, directory)
        let owner: UInt32
        do throws(SyscallError) { owner = try Kernel.status(of: directory.descriptor).uid } catch { throw LifecycleError("\(error)") }
        return ContainerState(
            state: hookState(record, status), rootfs: record.rootfs, created: record.created, ownerUID: owner)
    }

    /// Every container of the root directory. One that cannot be read is a warning; a root named by the user must be there.
    public func list() throws(LifecycleError) -> Listing {
        var listing = Listing(containers: [], warnings: [])
        let ids: [ContainerID]
        do throws(StoreError) { ids = try store.list() } catch {
            if !settings.isRootExplicit && !rootExists { return listing }
            throw LifecycleError("\(error)")
        }
        for id in ids {
            do throws(LifecycleError) { listing.containers.append(try state(id)) } catch {
                listing.warnings.append("container \(id.text): \(error)")
            }
        }
        return listing
    }

    private var rootExists: Bool {
        do throws(SyscallError) {
            _ = try Kernel.status(of: settings.root)
            return true
        } catch { return false }
    }
}
