internal import ArgumentParser
internal import Lifecycle

/// What `create` and `run` share.
struct CreateOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("Directory of config.json (default: the working directory).", valueName: "dir"))
    var bundle: String?

    @Option(help: ArgumentHelp("Unix socket that receives the terminal's master.", valueName: "socket"))
    var consoleSocket: String?

    @Option(help: ArgumentHelp("Unix socket that receives a pidfd of the container's process.", valueName: "socket"))
    var pidfdSocket: String?

    @Option(help: ArgumentHelp("File to write the container's process id to.", valueName: "file"))
    var pidFile: String?

    @Flag(help: "Do not use pivot_root(2): for a root filesystem on a ramdisk.")
    var noPivot = false

    @Flag(help: "Keep the caller's session keyring.")
    var noNewKeyring = false

    @Option(help: ArgumentHelp("Pass this many descriptors, from 3 on, to the container.", valueName: "n"))
    var preserveFds: UInt32 = 0

    @Argument(help: ArgumentHelp("Name of the container, unique under the root directory.", valueName: "container-id"))
    var id: String

    func request(_ attachment: CreateRequest.Attachment) -> CreateRequest {
        CreateRequest(
            id: id, bundle: bundle ?? ".", attachment: attachment, pidFile: pidFile, pidfdSocket: pidfdSocket,
            rootChange: noPivot ? .move : .pivot, keyring: noNewKeyring ? .inherited : .new,
            preservedDescriptors: preserveFds, tellsReadiness: hasServiceManager)
    }
}
