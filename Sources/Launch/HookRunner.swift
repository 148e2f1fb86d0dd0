internal import JSON
public import Kernel
public import Spec

/// Runs hooks of the runtime's namespaces in their order, the state on their standard input; the first that fails ends it.
///
/// Without an environment of its own a hook gets the runtime's. Once `condition` is ready for something, whoever wanted the hooks is gone:
/// the one that runs is killed.
public func runHooks(_ hooks: [Hook], _ kind: String, _ state: State, asLongAs condition: Watch? = nil) throws(LaunchError) {
    for (index, hook) in hooks.enumerated() { try run(hook, "\(kind) #\(index)", state, condition) }
}

/// Runs every hook whatever the others do; the result names those that failed.
public func runHooksRegardless(_ hooks: [Hook], _ kind: String, _ state: State) -> [String] {
    var failures: [String] = []
    for (index, hook) in hooks.enumerated() {
        do throws(LaunchError) { try run(hook, "\(kind) #\(index)", state) } catch { failures.append("\(error)") }
    }
    return failures
}

private func run(_ hook: Hook, _ name: String, _ state: State, _ condition: Watch? = nil) throws(LaunchError) {
    var command = Command("\(name) \(hook.path)", hook.path)
    command.arguments = hook.arguments
    command.environment = hook.environment ?? environment()
    command.input = Array(state.json.text(.compact).utf8)
    command.timeout = hook.timeout
    command.condition = condition
    try command.run()
}

/// Where in a state's text the pid of a hook inside the container goes.
public func hookPIDOffset(of state: State, _ status: Status) -> Int { stateTemplate(state, status).pidOffset }

/// The state for hooks inside the container, with 10 spaces where their process's pid is to be written, and where those are.
func stateTemplate(_ state: State, _ status: Status) -> (text: [UInt8], pidOffset: Int) {
    var state = state
    state.status = status
    state.pid = 1_111_111_111
    var text = Array(state.json.text(.compact).utf8)
    let mark = Array("\"pid\":".utf8)
    var offset = 0
    // An id holds no quotation mark, so the first such text is the member itself.
    while offset + mark.count < text.count && Array(text[offset..<offset + mark.count]) != mark { offset += 1 }
    offset += mark.count
    while offset < text.count && text[offset] == UInt8(ascii: " ") { offset += 1 }
    for index in offset..<min(offset + 10, text.count) { text[index] = UInt8(ascii: " ") }
    return (text, offset)
}
