import Kernel
import TestKit
import Testing

@Suite struct NamespaceTests {
    @Test(arguments: NamespaceKind.allCases)
    func `a namespace's file tells its kind`(kind: NamespaceKind) throws {
        #expect(try namespaceKind(of: open("/proc/self/ns/\(kind.fileName)", .readOnly)) == kind)
    }

    @Test(arguments: ["/etc/passwd", "/proc/self/status", "/dev/null", "/"])
    func `any other file is no namespace`(path: String) throws {
        #expect(try namespaceKind(of: open(path, .readOnly)) == nil)
    }

    @Test(.enabled(if: Host.isRoot, "needs root")) func `a user namespace has an owner`() throws {
        #expect(try owner(ofUserNamespace: open("/proc/self/ns/user", .readOnly)) == 0)
    }
}
