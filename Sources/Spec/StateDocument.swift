public import JSON

extension State {
    /// What hooks read on stdin (runtime-spec runtime.md); the version is that of this document, not of config.json.
    public var json: Value {
        var members: [Value.Member] = [
            .init("ociVersion", .string(SpecVersion.maximum)),
            .init("id", .string(id)),
            .init("status", .string(status.rawValue)),
            .init("pid", Value(pid)),
            .init("bundle", .string(bundle)),
        ]
        if !annotations.isEmpty { members.append(.init("annotations", Value(annotations))) }
        return .object(members)
    }

    /// What `state` and `list` print, member by member as runc does.
    ///
    /// `rootfs` is an absolute path on the host, `created` RFC 3339 with nanoseconds in UTC, `owner` a user's name or "".
    public func report(rootfs: String, created: String, owner: String) -> Value {
        var members: [Value.Member] = [
            .init("ociVersion", .string(SpecVersion.maximum)),
            .init("id", .string(id)),
            .init("pid", Value(pid)),
            .init("status", .string(status.rawValue)),
            .init("bundle", .string(bundle)),
            .init("rootfs", .string(rootfs)),
            .init("created", .string(created)),
        ]
        if !annotations.isEmpty { members.append(.init("annotations", Value(annotations))) }
        members.append(.init("owner", .string(owner)))
        return .object(members)
    }
}

extension Value {
    /// An object with a member for each of `annotations`, whose keys are unique.
    public init(_ annotations: [Annotation]) {
        self = .object(annotations.map { Member($0.key, .string($0.value)) })
    }
}
