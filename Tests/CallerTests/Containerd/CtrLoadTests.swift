import TestKit
import Testing

// Many containers at a time.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(4)))
struct CtrLoadTests {
    @Test func `100 containers of 8 loops run, none is lost and none is left`() throws {
        let containerd = try Containerd()
        try containerd.importImages()
        // Each loop tells of every container what it printed and how it ended.
        let ctr = containerd.ctrCommand(["run", "--rm", "--runc-binary", UnderTest.binary, Image.box.name]).joined(separator: " ")
        let loops = try (0..<8).map { loop in
            let output = try Descriptor.pipe()
            let numbers = stride(from: loop, to: 100, by: 8).map(String.init).joined(separator: " ")
            let script =
                "for n in \(numbers); do out=$(\(ctr) box$n sh -c \"echo $n; exit \\$(($n % 5))\" 2>&1); echo \"$n [$out] $?\"; done"
            let program = try Program(
                Program.Request(
                    ["sh", "-c", script], environment: containerd.scratch.environment, directory: containerd.directory,
                    descriptors: [nil, output.write]))
            output.write.close()
            return (program: program, output: Stream(output.read))
        }
        var seen: [String] = []
        for loop in loops {
            seen += String(decoding: try loop.output.rest(Deadline(after: 180)), as: UTF8.self).split(separator: "\n").map(String.init)
            _ = try loop.program.wait()
        }
        #expect(seen.sorted() == (0..<100).map { "\($0) [\($0)] \($0 % 5)" }.sorted())
        #expect(try containerd.ctr("containers", "ls", "--quiet").output == "")
        #expect(try containerd.ctr("task", "ls", "--quiet").output == "")
        #expect(try containerd.ctr("snapshots", "ls").output.split(separator: "\n").filter { $0.contains("box") } == [])
        #expect(containerd.complaints == [])
        try containerd.stop()
    }
}
