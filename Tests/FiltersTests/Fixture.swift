import JSON
import Spec
import TestKit
import Testing

enum Fixture {
    /// The files in spec-fixtures/seccomp, by name.
    static func text(_ name: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = Files.text("/\(root)/spec-fixtures/seccomp/\(name).json")
        try #require(!text.isEmpty)
        return text
    }

    static func seccomp(_ name: String) throws -> Seccomp {
        let text = #"{"ociVersion":"1.3.0","root":{"path":"r"},"linux":{"seccomp":\#(try text(name))}}"#
        return try #require(try Config(bytes: Array(text.utf8)).linux.seccomp)
    }

    /// Numbers of x86_64 by the kernel's own header, where the machine has it.
    static let numbers: [String: UInt32] = {
        var numbers: [String: UInt32] = [:]
        for line in Files.text("/usr/include/x86_64-linux-gnu/asm/unistd_64.h").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[1].hasPrefix("__NR_"), let number = UInt32(words[2]) else { continue }
            numbers[String(words[1].dropFirst(5))] = number
        }
        return numbers
    }()
}
