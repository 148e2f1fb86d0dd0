import Kernel
import TestKit
import Testing

@testable import Cgroups

@Suite struct StatisticsTests {
    @Test func `times of cpu.stat are microseconds`() {
        let cpu = Statistics.CPU(
            """
            usage_usec 11340
            user_usec 4
            system_usec 11336
            nice_usec 0
            core_sched.force_idle_usec 0
            nr_periods 12
            nr_throttled 3
            throttled_usec 250
            nr_bursts 0
            burst_usec 0

            """)
        #expect([cpu.total, cpu.user, cpu.kernel] == [11_340_000, 4000, 11_336_000])
        #expect([cpu.periods, cpu.throttledPeriods, cpu.throttledTime] == [12, 3, 250_000])
    }

    @Test func `pressure has two lines, or one on older kernels`() {
        let pressure = Statistics.Pressure("some avg10=0.50 avg60=1.25 avg300=100.00 total=3663\nfull avg10=0.01 avg60=0.00 avg300=0.00 total=207\n")
        #expect(pressure.some == .init(average10: 0.5, average60: 1.25, average300: 100, total: 3663))
        #expect(pressure.full == .init(average10: 0.01, average60: 0, average300: 0, total: 207))
        let old = Statistics.Pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n")
        #expect(old.some.total == 1 && old.full == .init())
    }

    @Test func `a line of io stat is one device's`() {
        let device = Statistics.IO.Device("8:16 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=512 dios=3 cost.usage=7")
        #expect(device == .init(major: 8, minor: 16, bytesRead: 4096, bytesWritten: 8192, reads: 1, writes: 2))
        #expect(Statistics.IO.Device("8:0 ") == .init(major: 8, minor: 0))
        #expect(Statistics.IO.Device("default rbytes=1") == nil)
    }

    @Test func `lines that are no counts are passed over`() {
        #expect(counts("anon 12\nfile 0\nodd\nworse x\nhuge 18446744073709551615\n").map(\.name) == ["anon", "file", "huge"])
    }

    @Test(.enabled(if: Site.isUsable, "needs a cgroup2 mount it may write to"), .timeLimit(.minutes(1)))
    func `what its processes have used is told, and who there is`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            #expect(try cgroup.statistics().pids.current == 0)
            #expect(try shell(in: site.placement.path, "true").status == 0)
            let idler = try idler(in: site.placement.path)
            let statistics = try cgroup.statistics()
            #expect(statistics.cpu.total > 0)
            #expect(statistics.cpu.total >= statistics.cpu.user)
            #expect(statistics.pids.current == 1)
            #expect(idler.pid > 0)
        }
    }

    @Test(.enabled(if: Site.isUsable, "needs a cgroup2 mount it may write to"))
    func `a cgroup that is gone has no statistics`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try Cgroup.remove(site.placement)
            let failure = #expect(throws: CgroupsError.self) { _ = try cgroup.statistics() }
            #expect(failure?.description.contains("ENODEV") == true)
            #expect(try cgroup.oomKills() == 0)
        }
    }
}
