internal import Lifecycle

/// With --debug: the steps that `request` leads to.
func showPlan(of request: CreateRequest, _ runtime: Runtime, _ output: borrowing Output) {
    guard output.isDetailed else { return }
    do {
        for line in try runtime.plan(bundle: request.bundle, .text).split(separator: "\n") { output.debug(String(line)) }
    } catch {
        output.debug("no plan: \(error)")
    }
}
