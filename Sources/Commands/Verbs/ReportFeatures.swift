internal import ArgumentParser
internal import JSON
internal import Spec

struct ReportFeatures: Verb {
    static let configuration = CommandConfiguration(verb: "features", "Print what this runtime supports as JSON.")

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        try output.print(Features.ofThisBuild.json.text(.indented("    ")) + "\n")
        return 0
    }
}
