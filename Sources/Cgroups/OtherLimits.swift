import Spec

extension Limits {
    mutating func addPids(_ limit: Int64?) throws(CgroupsError) {
        guard let limit else { return }
        let field = resourcesPath + "pids/limit"
        // 0 forbids every fork; a container's first process is there anyway, so 1 says the same, and systemd has no 0.
        let value = limit < 0 ? "max" : String(max(1, limit))
        add(Write("pids.max", value, field, limit < 0 ? .missing : []))
    }

    mutating func addHugepages(_ limits: [HugepageLimit]) throws(CgroupsError) {
        for (index, limit) in limits.enumerated() {
            let path = resourcesPath + "hugepageLimits/\(index)"
            guard isPageSize(limit.pageSize) else {
                let problem = "must be a number and KB, MB or GB, found \"\(limit.pageSize)\""
                throw .config(path: path + "/pageSize", problem: problem)
            }
            let value = String(limit.limit)
            add(Write("hugetlb.\(limit.pageSize).max", value, path))
            // What is reserved but not yet touched, so that a container fails in mmap(2) and not with SIGBUS.
            add(Write("hugetlb.\(limit.pageSize).rsvd.max", value, path, .missing))
        }
    }

    mutating func addRDMA(_ limits: [RDMALimit]) throws(CgroupsError) {
        for limit in limits {
            let path = resourcesPath + "rdma/\(limit.device)"
            guard !limit.device.isEmpty, !limit.device.contains(where: { $0.isWhitespace || $0 == "\0" }) else {
                throw .config(path: path, problem: "must be the name of a device")
            }
            let parts = [limit.hcaHandles.map { "hca_handle=\($0)" }, limit.hcaObjects.map { "hca_object=\($0)" }].compactMap(\.self)
            guard !parts.isEmpty else { throw .config(path: path, problem: "must have hcaHandles or hcaObjects") }
            add(Write("rdma.max", ([limit.device] + parts).joined(separator: " "), path))
        }
    }

    mutating func addUnified(_ entries: [Annotation]) throws(CgroupsError) {
        for entry in entries {
            let path = resourcesPath + "unified/\(entry.key)"
            guard !entry.key.isEmpty, !entry.key.utf8.contains(0), !entry.key.contains("/"), entry.key.contains("."),
                entry.key.first != "."
            else { throw .config(path: path, problem: "must be the name of a cgroup v2 file, such as memory.high") }
            // The kernel takes one line at a time.
            for line in entry.value.split(separator: "\n") { add(Write(entry.key, String(line), path)) }
        }
    }
}

private func isPageSize(_ text: String) -> Bool {
    let number = text.dropLast(2)
    return !number.isEmpty && number.utf8.allSatisfy { (48...57).contains($0) } && ["KB", "MB", "GB"].contains(text.suffix(2))
}
