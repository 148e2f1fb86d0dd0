import Foundation

/// The files of spec-fixtures.
enum Fixture {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "spec-fixtures")

    /// Names, without `ending`, of the files in `directory` that have it.
    static func names(in directory: String, ending: String = ".json") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: directory).path)
            .filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: root.appending(path: path)))
    }

    /// The text of `path` without its last newline.
    static func line(_ path: String) throws -> String {
        var text = String(decoding: try bytes(path), as: UTF8.self)
        if text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
