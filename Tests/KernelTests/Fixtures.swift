import Kernel
import TestKit

/// A path in the running test's own directory.
func place(_ name: String) throws -> String { try Scratch.required().directory + "/" + name }

/// A running `/bin/sh -c`, whose standard input the test holds.
func shell(_ script: String, input: TestKit.Descriptor? = nil, output: TestKit.Descriptor? = nil) throws -> Program {
    try Program(Program.Request(["/bin/sh", "-c", script], environment: Scratch.required().environment, descriptors: [input, output]))
}

/// A process that runs until it is killed.
func sleeper() throws -> Program {
    try Program(Program.Request(["/bin/sleep", "1000"], environment: Scratch.required().environment))
}

/// Its owner goes here.
func close(_: consuming OwnedFD) {}
