internal import JSON

/// Which part of a pod a container is, as the engines of Kubernetes say it in annotations.
public enum PodPlace: Hashable, Sendable {
    /// The container that holds the pod together: the first to be made and the last to go.
    case sandbox
    /// One beside it; `id` is the sandbox's.
    case member(of: String)
}

/// What the pod as a whole may use, as containerd writes it on the sandbox: the sum of the limits of its containers.
public struct PodLimits: Hashable, Sendable {
    /// Bytes; 0: no limit.
    public var memory: UInt64 = 0
    /// Microseconds; 0: not said.
    public var cpuPeriod: UInt64 = 0
    /// Microseconds; 0 or less: no limit.
    public var cpuQuota: Int64 = 0
    public var cpuShares: UInt64 = 0

    public init() {}
}

extension Config {
    /// nil: in no pod, or in one whose engine does not say.
    ///
    /// The keys of containerd come first, then those of CRI-O (which podman 4 writes too), then those of cri-dockerd. podman 5 writes a
    /// sandbox's id on its members, and says nothing more.
    public func podPlace(at document: String = "config.json") throws(SpecError) -> PodPlace? {
        try reading(document) { () throws(JSONError) in
            let annotations = try annotationReader
            for keys in podKeys {
                guard let kind = try annotations.member(keys.kind) else { continue }
                if try kind.choice([(keys.sandbox, true), ("container", false)]) { return .sandbox }
                return .member(of: try annotations.required(keys.sandboxID).nonEmptyString())
            }
            return try annotations.member(podmanSandboxID).map { id throws(JSONError) in .member(of: try id.nonEmptyString()) }
        }
    }

    /// Of a sandbox's config; nil: its engine does not say.
    public func podLimits(at document: String = "config.json") throws(SpecError) -> PodLimits? {
        try reading(document) { () throws(JSONError) in
            let annotations = try annotationReader
            let prefix = "io.kubernetes.cri.sandbox-"
            var limits = PodLimits()
            limits.memory = try annotations.member(prefix + "memory")?.decimal(in: 0...UInt64(Int64.max)) ?? 0
            limits.cpuPeriod = try annotations.member(prefix + "cpu-period")?.decimal(in: 0...1_000_000) ?? 0
            limits.cpuShares = try annotations.member(prefix + "cpu-shares")?.decimal(in: 0...UInt64(Int64.max)) ?? 0
            if let quota = try annotations.member(prefix + "cpu-quota"), try !quota.string().hasPrefix("-") {
                limits.cpuQuota = try quota.decimal(in: 0...Int64.max)
            }
            return limits == PodLimits() ? nil : limits
        }
    }

    /// The annotations, at the place where they stand.
    private var annotationReader: Reader {
        get throws(JSONError) {
            let members = annotations.map { Value.Member($0.key, .string($0.value)) }
            return try Reader(.object([Value.Member("annotations", .object(members))])).required("annotations")
        }
    }
}

private let podKeys: [(kind: String, sandbox: String, sandboxID: String)] = [
    ("io.kubernetes.cri.container-type", "sandbox", "io.kubernetes.cri.sandbox-id"),
    ("io.kubernetes.cri-o.ContainerType", "sandbox", "io.kubernetes.cri-o.SandboxID"),
    ("io.kubernetes.docker.type", "podsandbox", "io.kubernetes.sandbox.id"),
]

private let podmanSandboxID = "io.kubernetes.cri-o.SandboxID"
