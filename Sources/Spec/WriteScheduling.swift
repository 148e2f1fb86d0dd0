internal import JSON

extension Scheduler {
    var value: Value {
        var members: [Value.Member] = [.init("policy", .string(name(of: policy, in: schedulerPolicies)))]
        if nice != 0 { members.append(.init("nice", Value(nice))) }
        if priority != 0 { members.append(.init("priority", Value(priority))) }
        members.append(.init("flags", Value(schedulerFlags.filter { flags & $0.value != 0 }.map(\.name))))
        if policy == .deadline {
            members += [.init("runtime", Value(runtime)), .init("deadline", Value(deadline)), .init("period", Value(period))]
        }
        return .object(members)
    }
}

extension IOPriority {
    var value: Value { ["class": .string(name(of: `class`, in: ioPriorityClasses)), "priority": Value(priority)] }
}

/// Every value was read by this table.
private func name<Choice: Equatable>(of choice: Choice, in table: [(name: String, value: Choice)]) -> String {
    table.first { $0.value == choice }?.name ?? ""
}
