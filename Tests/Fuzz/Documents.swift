import JSON
import SandboxNetwork
import Spec
import Systemd

/// What was read is what is written, and written is what is read again.
func readJSON(_ bytes: [UInt8]) {
    do throws(JSONError) {
        let value = try parse(bytes)
        for style in [Layout.compact, .indented("  ")] {
            require(try parse(Array(value.text(style).utf8)) == value, "the value is another after it was written: \(value)")
        }
    } catch { _ = "\(error)" }
}

func readConfig(_ bytes: [UInt8]) {
    do throws(SpecError) {
        let config = try Config(bytes: bytes)
        require(try Config(bytes: bytes) == config, "read twice, and not the same")
    } catch { _ = "\(error)" }
}

/// The parts of config.json that are read by themselves: `exec --process`, `update --resources`.
func readDocuments(_ bytes: [UInt8]) {
    do throws(JSONError) {
        let value = try parse(bytes)
        do throws(SpecError) { _ = try Process(json: value, at: "process") } catch { _ = "\(error)" }
        do throws(SpecError) { _ = try Resources(json: value, at: "resources") } catch { _ = "\(error)" }
    } catch { _ = "\(error)" }
}

func readFacts(_ bytes: [UInt8]) {
    do {
        let facts = try NetworkFacts(json: try parse(bytes))
        require(try NetworkFacts(json: facts.json) == facts, "the facts are others after they were written: \(facts)")
    } catch { _ = "\(error)" }
}

func readBus(_ bytes: [UInt8]) {
    do throws(SystemdError) { _ = try BusMessage.decoded(bytes).map { "\($0)" } } catch { _ = "\(error)" }
}
