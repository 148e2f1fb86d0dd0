import CSeccomp
import Kernel
import Spec

/// A filter in the making, inside libseccomp.
///
/// libseccomp only compiles: the child loads the program itself, so the attributes that steer loading (no_new_privs, TSYNC, LOG,
/// SPEC_ALLOW) are never touched here.
@safe struct Draft: ~Copyable {
    private let filter: scmp_filter_ctx

    init(_ defaultAnswer: UInt32) throws(FilterError) {
        guard let filter = unsafe seccomp_init(defaultAnswer) else {
            throw .library(path: "/linux/seccomp/defaultAction", call: "seccomp_init", .invalid)
        }
        unsafe self.filter = filter
    }

    deinit { unsafe seccomp_release(filter) }

    /// Adds architectures to the native one, which is always there; returns them all, each once.
    borrowing func add(_ names: [String]) throws(FilterError) -> [Architecture] {
        var result = [Architecture.native]
        for (index, name) in names.enumerated() {
            let path = "/linux/seccomp/architectures/\(index)"
            guard let architecture = Architecture(name) else {
                throw .config(path: path, problem: "unknown architecture \"\(name)\"")
            }
            if result.contains(architecture) { continue }
            try require(unsafe seccomp_arch_add(filter, architecture.token), "seccomp_arch_add", path)
            result.append(architecture)
        }
        return result
    }

    borrowing func sortIntoTree() throws(FilterError) {
        let status = unsafe seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        try require(status, "seccomp_attr_set", "/linux/seccomp/syscalls")
    }

    borrowing func add(
        _ rule: Seccomp.Rule, unlessDefault defaultAnswer: UInt32, _ path: String
    ) throws(FilterError) {
        guard !rule.names.isEmpty else { throw .config(path: "\(path)/names", problem: "must name at least one system call") }
        let answer = try answer(rule.action, rule.errnoRet, "\(path)/errnoRet")
        let conditions = try conditions(rule.arguments, path)
        for (index, name) in rule.names.enumerated() {
            guard !name.isEmpty, !name.utf8.contains(0) else {
                throw .config(path: "\(path)/names/\(index)", problem: "must be the name of a system call, found \"\(name)\"")
            }
            if rule.action == .notify && name == "write" {
                // The process that loads the filter still has to send the listener away.
                throw .config(path: "\(path)/action", problem: "SCMP_ACT_NOTIFY cannot be used for write")
            }
            let number = unsafe seccomp_syscall_resolve_name(name)
            if answer == defaultAnswer || number == unknownName { continue }
            for alternative in conditions {
                try add(answer, number, alternative, "\(path)/names/\(index)")
            }
        }
    }

    private borrowing func add(
        _ answer: UInt32, _ number: Int32, _ conditions: [scmp_arg_cmp], _ path: String
    ) throws(FilterError) {
        let filter = unsafe self.filter
        let status = unsafe conditions.withUnsafeBufferPointer { buffer in
            unsafe seccomp_rule_add_array(filter, answer, number, UInt32(buffer.count), buffer.baseAddress)
        }
        try require(status, "seccomp_rule_add", path)
    }

    /// The program, as the elements of `Filter.program`.
    borrowing func export() throws(FilterError) -> [UInt64] {
        let bytes: [UInt8]
        do throws(SyscallError) {
            // To a descriptor: seccomp_export_bpf_mem is new in libseccomp 2.6.
            let file = try makeMemoryFile("seccomp")
            let status = unsafe seccomp_export_bpf(filter, file.raw)
            guard status >= 0 else { throw SyscallError("seccomp_export_bpf", nil, Errno(rawValue: -status)) }
            bytes = try readFromStart(file, subject: "seccomp")
        } catch {
            throw .program(error)
        }
        precondition(bytes.count.isMultiple(of: 8), "an instruction is 8 bytes")
        return unsafe bytes.withUnsafeBytes { buffer in
            stride(from: 0, to: buffer.count, by: 8).map { unsafe buffer.loadUnaligned(fromByteOffset: $0, as: UInt64.self) }
        }
    }

    private borrowing func require(_ status: Int32, _ call: String, _ path: String) throws(FilterError) {
        guard status >= 0 else { throw .library(path: path, call: call, Errno(rawValue: -status)) }
    }
}

/// __NR_SCMP_ERROR.
private let unknownName: Int32 = -1

/// The conditions of a rule: each element is one rule for libseccomp.
private func conditions(_ arguments: [Seccomp.Argument], _ path: String) throws(FilterError) -> [[scmp_arg_cmp]] {
    var result: [scmp_arg_cmp] = []
    var indices: Set<UInt32> = []
    for (position, argument) in arguments.enumerated() {
        guard argument.index <= 5 else {
            throw .config(path: "\(path)/args/\(position)/index", problem: "must be 0 to 5, found \(argument.index)")
        }
        indices.insert(argument.index)
        result.append(
            scmp_arg_cmp(
                arg: argument.index, op: argument.comparison.operation, datum_a: argument.value, datum_b: argument.valueTwo))
    }
    return indices.count == arguments.count ? [result] : result.map { [$0] }
}

extension Seccomp.Comparison {
    var operation: scmp_compare {
        switch self {
        case .notEqual: SCMP_CMP_NE
        case .less: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .equal: SCMP_CMP_EQ
        case .greaterOrEqual: SCMP_CMP_GE
        case .greater: SCMP_CMP_GT
        case .maskedEqual: SCMP_CMP_MASKED_EQ
        }
    }
}
