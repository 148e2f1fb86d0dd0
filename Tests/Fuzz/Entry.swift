// What libFuzzer calls for each input (https://llvm.org/docs/LibFuzzer.html); docs/fuzzing.md says how it is run.

import Kernel

/// Readers of what others have written, by their names. None may trap, whatever it is given, and each checks what must hold of what it
/// has read.
private let readers: [(name: String, read: @Sendable ([UInt8]) -> Void)] = [
    ("json", readJSON), ("config", readConfig), ("documents", readDocuments), ("plan", readPlan), ("agent", readAsAgent),
    ("host", readAsHost), ("switchboard", passThroughSwitchboard), ("facts", readFacts), ("netlink", readNetlink),
    ("monitor", readMonitor), ("bus", readBus),
]

/// The one that FUZZ in the environment names.
private let reader: @Sendable ([UInt8]) -> Void = {
    let name = environment("FUZZ") ?? ""
    guard let reader = readers.first(where: { $0.name == name }) else {
        preconditionFailure("FUZZ must be one of \(readers.map(\.name).joined(separator: " "))")
    }
    return reader.read
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe reader(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Something that must hold whatever the input is.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    precondition(condition, what())
}
