public import Spec

/// Where a container runs.
public enum Placement: Hashable, Sendable {
    /// On the host, as any other.
    case host
    /// In a virtual machine that is booted for it.
    case boots
    /// In the machine of the container with this id.
    case joins(String)

    /// The name of the program under which every container gets a machine.
    public static let programName = "swiftrun-vm"

    /// Decides by the annotation `dev.swiftrun.sandbox`, else the `vm` object, else the name of the program; then, for a container in a
    /// machine, the annotations of its engine tell whose it is. Those alone never ask for one: containerd writes them on every pod.
    ///
    /// `program` is what the runtime was called as, with or without a directory; `id` the container's. An annotation that says
    /// nothing sensible is an error only where it matters.
    public init(_ config: Config, id: String, program: String) throws(SpecError) {
        switch config.sandbox.choice {
        case .vm: break
        case .some(.none):
            self = .host
            return
        case nil:
            let name = program.split(separator: "/").last.map(String.init) ?? ""
            guard config.vm != nil || name == Self.programName else {
                self = .host
                return
            }
        }
        switch try config.podPlace() {
        case nil, .sandbox: self = .boots
        // Some engines name the container that holds a pod together as a member of itself.
        case .member(let sandbox): self = sandbox == id ? .boots : .joins(sandbox)
        }
    }
}
