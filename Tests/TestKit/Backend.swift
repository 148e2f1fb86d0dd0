/// Where the containers of the tests run.
public enum Backend: String, Hashable, Sendable {
    /// On this machine.
    case host
    /// Each in a virtual machine of its own: the runtime is called under a name by which it makes one for every bundle.
    case vm

    /// Whether a container has a pid namespace of its own: the host's cannot be that of a virtual machine.
    public var pidNamespaces: [Bool] { self == .vm ? [true] : [true, false] }
}

/// Tests of the lifecycle that cannot be the same for a container in a virtual machine. docs/sandbox.md has the same list.
public enum SandboxException {
    /// A suite, a test in one, or one argument of a test: `Suite/name/argument`.
    public static let all: [(test: String, reason: String)] = [
        ("BindMountTests/a socket, a fifo and a device are bound as files", "sockets, fifos and devices of the host are refused"),
        (
            "BindMountTests/bind leaves out what is mounted below and rbind takes it along",
            "what is mounted below a share is one of the guest's mounts once somebody goes there"
        ),
        ("BindMountTests/propagation is that asked for", "shared bind mounts are refused"),
        ("BindMountTests/recursive times", "what is mounted below a share is one of the guest's mounts once somebody goes there"),
        (
            "BindMountTests/ro is for one mount and rro for all below",
            "what is mounted below a share is one of the guest's mounts once somebody goes there"
        ),
        ("BindMountTests/without flags the bind has those of its source", "a procfs of the host is refused"),
        ("CallStreamTests/no verb's output is held when it has returned", "nobody knows how a process ended whose machine has gone"),
        (
            "CallStreamTests/what a container leaves running in its cgroup holds no output of kill and delete",
            "the host's pid namespace is refused"
        ),
        (
            "CallStreamTests/whatever the streams are, every verb does its work",
            "the machine's programs are seen on the host beside the container's processes"
        ),
        ("CapabilityTests/what the runtime itself does not have is left out", "the runtime in the guest has every right there is in it"),
        ("CapabilityTests/without capabilities nothing is changed", "the runtime in the guest has every right there is in it"),
        ("CgroupTests/a huge page limit is written or refused by name", "reads the limits in its cgroup on the host, where there are none"),
        ("CgroupTests/a limit without its controller is an error that names the field", "the guest has every controller"),
        (
            "CgroupTests/a nested path is made and the container's own part removed",
            "in its cgroup on the host are the machine's processes too"
        ),
        ("CgroupTests/a stopped container's cgroup goes with delete, whoever is left in it", "the host's pid namespace is refused"),
        ("CgroupTests/an empty cgroup that stood before is used", "in its cgroup on the host are the machine's processes too"),
        ("CgroupTests/the process is in cgroupsPath", "in its cgroup on the host are the machine's processes too"),
        (
            "CreateTests/the process waits with the identity of the program",
            "looks at the container's first process on the host, which is the supervisor"
        ),
        ("CreateTests/the session keyring is new and named after the container", "a keyring of the caller's is none of the guest's"),
        ("DeviceTests/a device is made as described", "devices of the host's drivers are refused"),
        ("EventsTests/its members are those of runc, in the same order", "runc tells of the host's controllers"),
        ("EventsTests/the end is told without waiting for the interval", "waits until the runtime watches the cgroup on the host"),
        ("ExecDetachedTests/descriptors are preserved as asked", "--preserve-fds is refused"),
        ("ExecNamespaceTests/a cgroup below the container's", "makes the cgroup on the host, where the container's is not"),
        (
            "ExecNamespaceTests/all eight of them",
            "looks for the namespaces of the container's process on the host, which stands for that of the guest"
        ),
        ("ExecNamespaceTests/namespaces by path are joined too", "namespaces of anything but the own pod are refused"),
        (
            "ExecNamespaceTests/of a user namespace root is root",
            "looks for the namespaces of the container's process on the host, which stands for that of the guest"
        ),
        (
            "ExecNamespaceTests/they are exactly those of the container's process",
            "looks for the namespaces of the container's process on the host, which stands for that of the guest"
        ),
        ("ExecNamespaceTests/what the container shares with the host is the host's", "the host's namespaces are refused"),
        ("ExecProcessTests/a label needs SELinux", "labels and profiles of the host's security modules are left out"),
        ("ExecProcessTests/a profile needs AppArmor", "labels and profiles of the host's security modules are left out"),
        ("ExecRootlessTests", "only root can have a virtual machine"),
        (
            "ExecSafetyTests/descriptors of the host do not come along",
            "looks at the process on the host, which stands for that of the guest"
        ),
        (
            "ExecSafetyTests/from clone to execve the child neither allocates nor locks, and nobody can look into it",
            "traces the process on the host, which stands for that of the guest"
        ),
        ("ExecSafetyTests/the runtime's binary cannot be written from the container", "the host's pid namespace is refused"),
        (
            "FailureTableTests/a failure is told as its row says/create: a descriptor to pass on that is not open",
            "--preserve-fds is refused"
        ),
        (
            "FailureTableTests/a failure is told as its row says/create: a file system the kernel does not know",
            "filesystems are refused unless they are made by the kernel alone"
        ),
        (
            "FailureTableTests/a failure is told as its row says/create: a limit whose controller is bound to cgroup v1",
            "the guest has every controller"
        ),
        ("FailureTableTests/a failure is told as its row says/create: a seccomp listener that nobody hears", "a seccomp agent is refused"),
        (
            "FailureTableTests/a failure is told as its row says/create: a sysctl the kernel does not know",
            "parameters of the network are set at start, when it has its interfaces"
        ),
        (
            "FailureTableTests/a failure is told as its row says/create: an AppArmor profile on a host without AppArmor",
            "labels and profiles of the host's security modules are left out"
        ),
        (
            "FailureTableTests/a failure is told as its row says/create: an SELinux label on a host without SELinux",
            "labels and profiles of the host's security modules are left out"
        ),
        ("FailureTableTests/a failure is told as its row says/create: intelRdt", "what speaks of the host's hardware is left out"),
        (
            "FailureTableTests/a failure is told as its row says/create: somebody is in the cgroup",
            "in its cgroup on the host are the machine's processes too"
        ),
        (
            "FailureTableTests/a failure is told as its row says/start: a program that went away",
            "the guest's kernel takes a name in the share for what it was a second ago"
        ),
        (
            "HookTests/each hook gets the state of its moment",
            "createContainer hooks are run on the host, and the bundle of a hook in the guest is the guest's"
        ),
        ("HookTests/each hook runs in its namespaces", "createContainer hooks are run on the host"),
        (
            "HookTests/hooks of the host may change the container's namespaces",
            "of the container's namespaces the host has that of its network"
        ),
        ("IDMapTests/a user namespace is joined by its path", "namespaces of anything but the own pod are refused"),
        ("IDMapTests/root inside is another on the host", "looks at the container's first process on the host, which is the supervisor"),
        ("KillTests/the process alone gets other signals", "the host's pid namespace is refused"),
        ("KillTests/without a pid namespace of its own KILL ends every process of the container", "the host's pid namespace is refused"),
        ("MountTests/an unknown filesystem names the mount", "filesystems are refused unless they are made by the kernel alone"),
        ("MountTests/proc from the host may stand on proc", "a procfs of the host is refused"),
        ("NamespaceTests/a joined network namespace is left as it is", "the guest has a network of its own, whose lo is up"),
        ("NamespaceTests/a namespace is joined by its path", "namespaces of anything but the own pod are refused"),
        ("NamespaceTests/a pid namespace is joined by its path", "namespaces of anything but the own pod are refused"),
        ("NamespaceTests/one that is not listed is the host's", "the host's namespaces are refused"),
        ("NamespaceTests/two containers share a network namespace", "namespaces of anything but the own pod are refused"),
        ("PauseTests/a cgroup above that is frozen is named", "freezes the cgroup on the host, where the machine is and not the container"),
        (
            "PauseTests/a container whose processes are in a frozen cgroup of its own can be killed and deleted",
            "freezes the cgroup on the host, where the machine is and not the container"
        ),
        ("PauseTests/kill with --all ends what a dead init has left", "the host's pid namespace is refused"),
        (
            "PauseTests/paused processes stand, resumed ones go on",
            "freezes the cgroup on the host, where the machine is and not the container"
        ),
        ("PlanVerbTests/plan prints the steps and touches nothing", "of a container in a virtual machine the guest makes the plan"),
        ("PsTests/a host without ps is told", "the processes in its cgroup on the host are the machine's"),
        ("PsTests/a mistake in them is told as ps tells it", "the processes in its cgroup on the host are the machine's"),
        ("PsTests/json is an array of the host's pids, and nothing else", "the processes in its cgroup on the host are the machine's"),
        ("PsTests/processes in cgroups below count", "the processes in its cgroup on the host are the machine's"),
        ("PsTests/the table is ps -ef of the container's processes", "the processes in its cgroup on the host are the machine's"),
        ("PsTests/what follows the id is for ps", "the processes in its cgroup on the host are the machine's"),
        ("RaceTests/a process that a killed create has left goes too", "the host's pid namespace is refused"),
        (
            "RaceTests/an exec that meets a delete runs or says why not",
            "nobody knows how a process ended whose machine has gone: its 255 is without a word"
        ),
        (
            "RaceTests/delete by force ends a create that hangs",
            "what is killed is the container's process on the host, whose end has other words than that of its hook"
        ),
        ("RaceTests/delete by force ends a start that hangs", "halts a hook of the guest by a fifo of the host"),
        ("RlimitTests/a hard limit that may not be raised is an error that names it", "the runtime in the guest may raise every limit"),
        ("RlimitTests/what is not listed is inherited", "what is inherited is of the guest's first process"),
        ("RootTests/a root on its own mount works", "the root is a filesystem of the host, shown as virtiofs"),
        ("RootTests/nothing of the host is left below the root", "the root is a filesystem of the host, shown as virtiofs"),
        ("RootlessTests", "only root can have a virtual machine"),
        ("RunTests/a signal that ends the process is told as 128 and its number", "the host's pid namespace is refused"),
        ("RunTests/without a pid namespace of its own run ends what is left too", "the host's pid namespace is refused"),
        (
            "SafetyTests/the parked process belongs to nobody in the container",
            "looks at the container's first process on the host, which is the supervisor"
        ),
        (
            "SafetyTests/the parked process holds no directory of the host",
            "looks at the container's first process on the host, which is the supervisor"
        ),
        ("SafetyTests/the runtime's binary cannot be written from a container that runs it", "the host's pid namespace is refused"),
        ("SeccompTests/a listener that is not there is a create error", "a seccomp agent is refused"),
        ("SeccompTests/the listener gets the filter's descriptor and the state", "a seccomp agent is refused"),
        (
            "SetUpSafetyTests/a cgroup namespace without rights to mount shows the container's own cgroup",
            "namespaces of anything but the own pod are refused"
        ),
        ("SetUpSafetyTests/a joined user namespace that denies setgroups is entered", "namespaces of anything but the own pod are refused"),
        (
            "SetUpSafetyTests/a null device that was replaced masks nothing",
            "createContainer hooks are run on the host, where none of the container's mounts are"
        ),
        (
            "SetUpSafetyTests/a sysctl is written to the kernel's file, whatever covers it",
            "createContainer hooks are run on the host, where none of the container's mounts are"
        ),
        (
            "SetUpSafetyTests/flags that the host has locked stay locked on an id-mapped bind",
            "flags of a mount of the host, which hold there, are none of the guest's"
        ),
        ("ShimScriptTests", "the machine's programs are seen on the host beside the container's processes"),
        (
            "ShimTests/docker takes no other failure for a missing program",
            "parameters of the network are set at start, when it has its interfaces"
        ),
        ("StartTests/start tells that the program is gone", "the guest's kernel takes a name in the share for what it was a second ago"),
        ("SurroundingsTests/a score that may not be lowered is an error", "the runtime in the guest may lower every score"),
        ("SurroundingsTests/and left alone when it is not", "what is inherited is of the guest's first process"),
        ("SurroundingsTests/preserved descriptors arrive with their numbers", "--preserve-fds is refused"),
        ("SurroundingsTests/sockets of systemd arrive, with LISTEN_PID of the container", "$LISTEN_FDS is refused"),
        ("SurroundingsTests/the program may use every processor", "the guest has processors of its own"),
        ("SysctlTests/a setting needs its namespace", "the host's network and ipc namespaces are refused before"),
        (
            "SysctlTests/a setting that does not exist is an error that names it",
            "parameters of the network are set at start, when it has its interfaces"
        ),
        ("UpdateTests/a limit without its controller is an error that names both", "the guest has every controller"),
    ]

    /// Why the test does not apply to where the containers run, or does not with `argument`; nil: it does.
    public static func reason(_ suite: String, _ test: String, _ argument: String? = nil) -> String? {
        guard UnderTest.backend == .vm else { return nil }
        let names = argument.map { ["\(suite)/\(test)/\($0)"] } ?? [suite, "\(suite)/\(test)"]
        return all.first { names.contains($0.test) }?.reason
    }

    /// Of the names of a suite and a test in it as an identifier of the test has them.
    static func reason(_ names: [String]) -> String? {
        let plain = names.map { String($0.prefix { $0 != "(" }.filter { $0 != "`" }) }
        guard let suite = plain.first, let test = plain.last else { return nil }
        return reason(suite, test)
    }
}
