internal import ArgumentParser
internal import Lifecycle
internal import Spec

struct Update: Verb {
    static let configuration = CommandConfiguration(verb: "update", "Change the limits of a container that is there.")

    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("JSON file with the new limits, - for standard input; other options do not count then.", valueName: "file"))
    var resources: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("IO weight, 10 to 1000.", valueName: "n"))
    var blkioWeight: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Period of the CPU quota, in microseconds.", valueName: "n"))
    var cpuPeriod: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("CPU time per period, in microseconds; -1: unlimited.", valueName: "n"))
    var cpuQuota: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("CPU time that may be saved up, in microseconds.", valueName: "n"))
    var cpuBurst: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("CPU shares, relative to other containers.", valueName: "n"))
    var cpuShare: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Ignored: cgroup v2 has nothing like it.", valueName: "n"))
    var cpuRtPeriod: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Ignored: cgroup v2 has nothing like it.", valueName: "n"))
    var cpuRtRuntime: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("CPUs to use.", valueName: "list"))
    var cpusetCpus: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory nodes to use.", valueName: "list"))
    var cpusetMems: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("1: run only while nobody else wants the CPU; 0: not so.", valueName: "n"))
    var cpuIdle: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory, in bytes or with k, m or g; -1: unlimited.", valueName: "size"))
    var memory: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory that is protected from reclaim.", valueName: "size"))
    var memoryReservation: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory and swap together; -1: unlimited swap.", valueName: "size"))
    var memorySwap: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Processes and threads; -1: unlimited.", valueName: "n"))
    var pidsLimit: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Not supported.", valueName: "schema"))
    var l3CacheSchema: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Not supported.", valueName: "schema"))
    var memBwSchema: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Ignored.", valueName: "size", visibility: .hidden))
    var kernelMemory: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Ignored.", valueName: "size", visibility: .hidden))
    var kernelMemoryTcp: String?

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        for (name, value) in [("l3-cache-schema", l3CacheSchema), ("mem-bw-schema", memBwSchema)] where value?.isEmpty == false {
            throw Failure("--\(name): intelRdt is not supported")
        }
        for (name, value) in [("kernel-memory", kernelMemory), ("kernel-memory-tcp", kernelMemoryTcp)] where value != nil {
            output.warn("--\(name): ignored: the kernel has no such limit any more")
        }
        let new = try newResources()
        let runtime = try globals.runtime()
        do {
            for warning in try runtime.update(id, new) { output.warn(warning) }
        } catch {
            throw Failure(error)
        }
        return 0
    }

    private func newResources() throws(Failure) -> NewResources {
        switch resources {
        case nil, "": .values(try values())
        case "-": .input
        case let path?: .file(path)
        }
    }

    func values() throws(Failure) -> Resources {
        var resources = Resources()
        resources.blockIO.weight = try number(blkioWeight, "blkio-weight")
        resources.cpu.period = try number(cpuPeriod, "cpu-period")
        resources.cpu.quota = try number(cpuQuota, "cpu-quota")
        resources.cpu.burst = try number(cpuBurst, "cpu-burst")
        resources.cpu.shares = try number(cpuShare, "cpu-share")
        resources.cpu.realtimePeriod = try number(cpuRtPeriod, "cpu-rt-period")
        resources.cpu.realtimeRuntime = try number(cpuRtRuntime, "cpu-rt-runtime")
        resources.cpu.cpus = cpusetCpus ?? ""
        resources.cpu.mems = cpusetMems ?? ""
        resources.cpu.idle = try number(cpuIdle, "cpu-idle")
        resources.memory.limit = try bytes(memory, "memory")
        resources.memory.reservation = try bytes(memoryReservation, "memory-reservation")
        resources.memory.swap = try bytes(memorySwap, "memory-swap")
        resources.pidsLimit = try number(pidsLimit, "pids-limit")
        return resources
    }
}

/// nil where nothing is given, which an empty text says as well.
private func number<Number: FixedWidthInteger>(_ text: String?, _ option: String) throws(Failure) -> Number? {
    guard let text, !text.isEmpty else { return nil }
    guard let number = Number(text) else { throw Failure("invalid value for \(option): \"\(text)\" is not a number from \(Number.min) to \(Number.max)") }
    return number
}

private func bytes(_ text: String?, _ option: String) throws(Failure) -> Int64? {
    guard let text, !text.isEmpty else { return nil }
    guard let bytes = byteCount(text) else { throw Failure("invalid value for \(option): invalid size: '\(text)'") }
    return bytes
}
