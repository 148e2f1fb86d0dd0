import TestKit
import Testing

@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(3)))
struct SystemdGuestTests {
    @Test func `systemd is the first process, and its bus answers`() throws {
        let outcome = try Guest.systemd.run(
            "cat /proc/1/comm; busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.DBus.Peer Ping")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output == "systemd\n")
    }

    @Test func `the user's own manager and bus are there`() throws {
        let outcome = try Guest.systemd.run(
            "setpriv --reuid user --regid user --init-groups env XDG_RUNTIME_DIR=/run/user/1000 systemctl --user show --property ControlGroup"
        )
        #expect(outcome.output == "ControlGroup=/user.slice/user-1000.slice/user@1000.service\n", "\(outcome)")
    }
}
