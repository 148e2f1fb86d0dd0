import JSON
import TestKit
import Testing

// docs/errors.md, "Beside runc, call by call": the calls whose words or effect are not those of Debian's runc. No other call of these differs.
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(10)))
struct RuncWordTests {
    /// A call differs; what was seen with each, where line breaks are bars.
    struct Difference: Hashable, CustomStringConvertible {
        let call: String
        let runc: String
        let own: String

        var description: String { "| `\(call)` | `\(runc)` | `\(own)` | |" }
    }

    static let listed = Set(
        Tables.rows("docs/errors.md", ["call", "runc", "swiftrun"]).map { cells in
            let plain = cells.map { $0.filter { $0 != "`" } }
            return Difference(call: plain[0], runc: plain[1], own: plain[2])
        })

    /// What each call leaves: its output and errors, its status, and the files of the cgroup that it has changed.
    static func results(_ calls: [String]) throws -> (runc: [String], own: [String]) {
        let bundle = try RuncOutputTests.bundle()
        let files = LiveUpdateTests.files.joined(separator: " ")
        let script = """
            rt run --detach --bundle $BUNDLE box </dev/null >/dev/null 2>&1
            values() { (cd $CG && grep "" \(files)); }
            while read -r call; do
                values > before; eval "rt $call" </dev/null > said 2>&1; status=$?
                sed 's/^swiftrun: //' said; echo "status $status"; values | grep -vxFf before; echo END
            done <<'END-OF-CALLS'
            \(calls.joined(separator: "\n"))
            END-OF-CALLS
            """
        let (runc, own) = try RuncOutputTests.both(bundle, script, seconds: 240)
        func parts(_ outcome: Outcome) -> [String] {
            outcome.output.split(separator: "END\n", omittingEmptySubsequences: false).dropLast().map { part in
                // A faulty option has runc print its help, and the fault at last.
                let isHelp = part.hasPrefix("Incorrect Usage")
                let text = isHelp ? part.split(separator: "\n").suffix(2).joined(separator: "\n") : String(part)
                return text.replacing(bundle.id, with: "ID").replacing(/\bpid \d+/, with: "pid N").replacing(
                    /failed to write \d+:/, with: "failed to write N:"
                )
                .replacing("`", with: "'").split(whereSeparator: \.isNewline).joined(separator: " / ")
            }
        }
        return (parts(runc), parts(own))
    }

    static let updates = [
        "update --memory 32m box", "update --memory 32m --memory-swap 64m box", "update --memory-reservation 16m box",
        "update --memory-swap -1 box", "update --memory -1 box", "update --memory 100x box", "update --memory 32m --memory-swap 16m box",
        "update --memory-swap 16m box", "update --cpu-share 512 box", "update --cpu-share 2 box", "update --cpu-quota 20000 box",
        "update --cpu-period 50000 box", "update --cpu-quota -1 box", "update --cpu-quota 10000 --cpu-period 20000 box",
        "update --cpu-period 1 box", "update --cpuset-cpus 0 --cpuset-mems 0 box", "update --cpuset-cpus 0-1 box",
        "update --cpuset-cpus 99 box",
        "update --pids-limit 10 box", "update --pids-limit 0 box", "update --pids-limit -1 box", "update --blkio-weight 100 box",
        "update --blkio-weight 5 box", "update --cpu-rt-period 100 box", "update --cpu-rt-runtime 100 box", "update --kernel-memory 1m box",
        "update --kernel-memory-tcp 1m box", "update --l3-cache-schema L3:0=f box", "update --mem-bw-schema MB:0=20 box",
        "update -r /nowhere box",
        "update --memory 1m nosuch", "update nosuch --memory 1m",
    ]

    static let execs = [
        "exec box echo hi", "exec box sh -c 'exit 7'", "exec box sh -c 'kill -9 $$'", "exec --cwd /tmp box pwd", "exec --cwd rel box pwd",
        "exec --cwd /nosuch box pwd", "exec -e A=b box sh -c 'echo $A'", "exec --env A=b --env A=c box sh -c 'echo $A'",
        "exec --env A box true",
        "exec -u 5:6 box id", "exec --user 5 box id", "exec -u root box id", "exec -u 5:6:7 box id", "exec -g 7 -g 8 box id -G",
        "exec -u 1:1 --additional-gids 7 box id -G", "exec -c CAP_SYS_ADMIN box grep Cap /proc/self/status",
        "exec --cap CAP_NOSUCH box grep CapBnd /proc/self/status", "exec --no-new-privs box grep NoNewPrivs /proc/self/status",
        "exec -t box tty",
        "exec -d box true", "exec --detach --tty box true", "exec --console-socket /nosuch box true",
        "exec --console-socket /nosuch -t -d box true",
        "exec --pid-file /nosuch/p box true", "exec -p /nosuch box", "exec --process /dev/null box", "exec --preserve-fds 1 box true",
        "exec --process-label a:b:c:d box true", "exec --apparmor prof box true", "exec --cgroup nosuch box true",
        "exec --cgroup .. box true",
        "exec --cgroup / box cat /proc/self/cgroup", "exec box nosuch", "exec box /nosuch", "exec box /etc", "exec box /proc/version",
        "exec box",
        "exec nosuch true",
    ]

    static let others = [
        "ps -f xml box", "ps nosuch", "events --stats nosuch", "events --interval 0s box", "events --interval x box", "kill box FOO",
        "kill box 99", "kill box 0", "kill nosuch", "state nosuch", "start nosuch", "start box", "pause nosuch", "resume nosuch",
        "resume box",
        "delete nosuch", "delete box", "delete --force nosuch", "list -f xml", "pause box", "pause box", "exec box true", "delete box",
        "update --pids-limit 50 box", "resume box", "kill --all box KILL",
    ]

    @Test(arguments: [updates, execs, others])
    func `a call ends as with runc, but for what is listed`(calls: [String]) throws {
        let (runc, own) = try Self.results(calls)
        #expect(runc.count == calls.count && own.count == calls.count)
        var seen: Set<Difference> = []
        for (call, (theirs, ours)) in zip(calls, zip(runc, own)) where theirs != ours {
            let difference = Difference(call: call, runc: theirs, own: ours)
            seen.insert(difference)
            #expect(Self.listed.contains(difference), "not listed: \(difference)")
        }
        let here = Self.listed.filter { calls.contains($0.call) }
        #expect(here.isSubset(of: seen), "listed, but not seen: \(here.subtracting(seen))")
    }

    @Test func `every row is of a call that is made`() {
        #expect(Self.listed.count > 10)
        #expect(Set(Self.listed.map(\.call)).isSubset(of: Self.updates + Self.execs + Self.others))
    }
}
