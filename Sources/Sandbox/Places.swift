internal import Kernel
internal import Lifecycle

/// What a container in a virtual machine has in its state directory.
struct Places {
    let directory: String

    init(root: String, id: String) { directory = Path.join(root, id) }

    /// The supervisor's socket, on which agent and clients talk.
    var control: String { Path.join(directory, "control") }
    /// The supervisor's socket for what the host's side of the machine is to do.
    var service: String { Path.join(directory, "service") }
    /// Why the machine has ended, where nobody could be told.
    var failure: String { Path.join(directory, "failure") }
    /// Where `start` listens for the container's program to be ready.
    var notify: String { notifyDirectory(in: directory) }
    /// There as long as the container is paused: nobody but the verbs pauses it.
    var paused: String { Path.join(directory, "paused") }
}
