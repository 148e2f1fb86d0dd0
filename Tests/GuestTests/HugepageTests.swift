import JSON
import TestKit
import Testing

@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct HugepageTests {
    @Test func `huge pages beyond the limit are refused`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/hugepageLimits", [["pageSize": "2MB", "limit": 4_194_304]])
        bundle.mount("/huge", "hugetlbfs", "hugetlbfs")
        bundle.process(
            """
            cat $CG/hugetlb.2MB.max $CG/hugetlb.2MB.rsvd.max
            fallocate -l 4194304 /huge/two && rm /huge/two; echo two $?
            fallocate -l 8388608 /huge/four; echo four $?
            cat $CG/hugetlb.2MB.events
            """)
        let outcome = try bundle.run()
        #expect(outcome.outputLines.prefix(2) == ["4194304", "4194304"], "\(outcome)")
        #expect(outcome.figures["two"] == 0)
        #expect(try #require(outcome.figures["four"]) != 0)
        #expect(try #require(outcome.figures["max"]) > 0)
    }
}
