public import JSON

extension Process {
    /// The object that reads as this process.
    public var json: Value {
        var members: [Value.Member] = [
            .init("terminal", .bool(hasTerminal)), .init("user", user.value), .init("args", Value(arguments)),
            .init("env", Value(environment)), .init("cwd", .string(workingDirectory)),
            .init("rlimits", .array(rlimits.map(\.value))), .init("noNewPrivileges", .bool(hasNoNewPrivileges)),
        ]
        if let consoleSize {
            members.append(.init("consoleSize", ["height": Value(consoleSize.height), "width": Value(consoleSize.width)]))
        }
        if let capabilities { members.append(.init("capabilities", capabilities.value)) }
        if !apparmorProfile.isEmpty { members.append(.init("apparmorProfile", .string(apparmorProfile))) }
        if !selinuxLabel.isEmpty { members.append(.init("selinuxLabel", .string(selinuxLabel))) }
        if let oomScoreAdj { members.append(.init("oomScoreAdj", Value(oomScoreAdj))) }
        if let scheduler { members.append(.init("scheduler", scheduler.value)) }
        if let ioPriority { members.append(.init("ioPriority", ioPriority.value)) }
        if let execCPUAffinity {
            members.append(
                .init("execCPUAffinity", ["initial": .string(execCPUAffinity.initial), "final": .string(execCPUAffinity.final)]))
        }
        return .object(members)
    }
}

extension User {
    fileprivate var value: Value {
        [
            "uid": Value(uid), "gid": Value(gid), "umask": Value(umask), "additionalGids": .array(additionalGids.map { Value($0) }),
        ]
    }
}

extension Capabilities {
    fileprivate var value: Value {
        [
            "bounding": Value(bounding), "effective": Value(effective), "inheritable": Value(inheritable),
            "permitted": Value(permitted), "ambient": Value(ambient),
        ]
    }
}

extension Rlimit {
    fileprivate var value: Value { ["type": .string(resource.rawValue), "soft": Value(soft), "hard": Value(hard)] }
}
