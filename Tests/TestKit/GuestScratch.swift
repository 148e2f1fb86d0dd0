public import Testing

/// One test's own name in a guest: for containers, cgroups and directories there.
public struct GuestScratch: Sendable {
    @TaskLocal static var current: GuestScratch?

    /// That of the running test, whose suite has the trait `.inGuest`.
    public static func required() throws -> GuestScratch {
        guard let current else { throw Failure("the suite lacks the trait .inGuest") }
        return current
    }

    public let guest: Guest
    /// `[a-z0-9]` only: it is part of file names and of systemd's unit names.
    public let name = "t" + String(UInt64.random(in: 0...UInt64.max), radix: 36)

    /// What a script of this test begins with: its directory, `$NAME`, and the runtime with a root of its own; and in the guest with systemd
    /// `as_user COMMAND`, which runs a command as its user, outside of what that user's service manager has.
    var preamble: String {
        """
        NAME=\(name) DIR=/tmp/\(name) ROOT=/run/\(name)
        export NAME DIR ROOT
        mkdir -p $DIR && cd $DIR || exit 99
        swiftrun() { command swiftrun --root $ROOT "$@"; }
        as_user() {
            setpriv --reuid user --regid user --init-groups env HOME=/home/user XDG_RUNTIME_DIR=/run/user/1000 \
                DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus "$@"
        }

        """
    }

    public func run(_ script: String, seconds: Int = 30) throws -> Outcome { try guest.run(preamble + script, seconds: seconds) }

    /// Deletes what the test left running, and tells what is there even so: processes, mounts, cgroups and units that carry its name.
    func clear() throws -> [String] {
        let script = """
            for id in $(ls $ROOT 2>/dev/null); do swiftrun delete --force "$id" || echo "delete --force failed: $id"; done
            [ -z "$(ls $ROOT 2>/dev/null)" ] || echo "state: $(ls $ROOT)"
            find /sys/fs/cgroup -type d -name "*$NAME*" 2>/dev/null | while read -r group; do
                echo "cgroup: $group, processes: $(find $group -name cgroup.procs -exec cat {} +)" | tr '\\n' ' '; echo
                echo 0 > $group/cgroup.freeze; echo 1 > $group/cgroup.kill
            done
            grep "$NAME" /proc/self/mountinfo | sed 's/^/mount: /'
            if command -v systemctl >/dev/null; then
                for whose in "systemctl" "as_user systemctl --user"; do
                    $whose list-units --all --plain --no-legend "*$NAME*" | sed "s/^/unit ($whose): /"
                done
            fi
            cd / && rm -rf $DIR $ROOT /run/user/1000/$NAME
            """
        let outcome = try run(script)
        return (outcome.output + outcome.errors).split(separator: "\n").map(String.init)
    }
}

/// Gives every test of a suite a `GuestScratch`, and after it demands that the guest has nothing left of it.
public struct InGuest: TestTrait, SuiteTrait, TestScoping {
    public let isRecursive = true
    let guest: Guest

    public func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
        guard !test.isSuite else { return try await body() }
        let scratch = GuestScratch(guest: guest)
        var failure: (any Error)?
        do {
            try await GuestScratch.$current.withValue(scratch) { try await body() }
        } catch {
            failure = error
        }
        do {
            for leftover in try scratch.clear() { Issue.record("left behind in the guest: \(leftover)") }
        } catch {
            Issue.record("\(error)")
        }
        if let failure { throw failure }
    }
}

extension Trait where Self == InGuest {
    /// A name of its own for each test, and nothing left of it after the test.
    public static func inGuest(_ guest: Guest) -> Self { InGuest(guest: guest) }
}
