import JSON
import TestKit
import Testing

/// What is printed, and how it ends, beside Debian's runc: the same calls on the same bundle, one runtime after the other.
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(10)))
struct RuncOutputTests {
    /// The container `box` of a bundle with every kind of limit.
    static func bundle() throws -> GuestBundle {
        let bundle = try GuestBundle()
        bundle.set("/annotations", ["org.example.key": "value"])
        bundle.resources("memory", ["limit": 67_108_864, "reservation": 33_554_432, "swap": 134_217_728])
        bundle.resources("pids/limit", 77)
        bundle.process("exec sleep 3600")
        return bundle
    }

    /// The output of a script with each runtime, which is `rt` in it, with a root of its own.
    static func both(_ bundle: GuestBundle, _ script: String, seconds: Int = 120) throws -> (runc: Outcome, swiftrun: Outcome) {
        func run(_ runtime: String) throws -> Outcome {
            try bundle.outside(
                """
                rt() { command \(runtime) --root /run/$NAME-\(runtime) --log /dev/null "$@"; }
                mkdir -p /run/$NAME-\(runtime)
                \(script)
                rt delete --force box; rm -rf /run/$NAME-\(runtime)
                """, seconds: seconds)
        }
        return (try run("runc"), try run("swiftrun"))
    }

    /// In every status a container can be in: `created`, `running`, `paused`, `stopped`.
    static func throughLife(_ words: String) -> String {
        """
        rt create --bundle $BUNDLE box </dev/null >/dev/null 2>&1; rt \(words); echo END
        rt start box; rt \(words); echo END
        rt pause box; rt \(words); echo END; rt resume box
        rt kill box KILL; until rt state box | grep -q '"stopped"'; do :; done; rt \(words); echo END

        """
    }

    /// The values of the output of `throughLife`.
    static func values(_ outcome: Outcome) throws -> [Value] {
        try outcome.output.split(separator: "END\n").map { try parse(Array($0.utf8)) }
    }

    /// Members by pointer, in order; what differs from run to run is told by its form.
    static func members(_ value: Value, _ pointer: String = "") -> [String] {
        switch value {
        case .object(let members): return members.flatMap { self.members($0.value, "\(pointer)/\($0.key)") }
        case .array(let values): return values.enumerated().flatMap { members($0.element, "\(pointer)/\($0.offset)") }
        default: break
        }
        let text = value.text(.compact)
        if pointer.hasSuffix("/pid") { return ["\(pointer) \(text == "0" ? "0" : "a number")"] }
        if pointer.hasSuffix("/created") {
            let isTime = text.wholeMatch(of: /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"/) != nil
            return ["\(pointer) \(isTime ? "a time" : text)"]
        }
        // Of the specification that the runtime was made by.
        if pointer.hasSuffix("/ociVersion") { return ["\(pointer) a version"] }
        return ["\(pointer) \(text)"]
    }

    @Test(arguments: ["state box", "list --format json", "list -f json"])
    func `documents have the same members with the same values`(words: String) throws {
        let bundle = try Self.bundle()
        let (runc, own) = try Self.both(bundle, Self.throughLife(words))
        #expect(try Self.values(own).count == 4, "\(own)")
        #expect(try Self.values(own).map { Self.members($0) } == Self.values(runc).map { Self.members($0) })
        #expect(own.errors == runc.errors)
    }

    @Test func `documents are laid out alike`() throws {
        let bundle = try Self.bundle()
        let (runc, own) = try Self.both(bundle, Self.throughLife("state box") + "rt list -f json; rt list -q; rt ps -f json box")
        func masked(_ outcome: Outcome) -> String {
            outcome.output.replacing(/"created": ?"[^"]*"/, with: "").replacing(/"pid": ?\d+/, with: "").replacing(
                /"ociVersion": ?"[^"]*"/, with: "")
        }
        #expect(masked(own) == masked(runc))
    }

    @Test func `tables have the same columns and rows`() throws {
        let bundle = try Self.bundle()
        let (runc, own) = try Self.both(bundle, "rt list\n" + Self.throughLife("list") + "rt list --quiet")
        func masked(_ outcome: Outcome) -> String {
            outcome.output.replacing(/\d{4}-\S+Z */, with: "TIME ").replacing(/box +[1-9]\d* +/, with: "box PID ")
                .replacing(/CREATED +/, with: "CREATED ")
        }
        #expect(masked(own) == masked(runc))
        #expect(own.output.contains("ID          PID         STATUS      BUNDLE"), "\(own)")
    }

    @Test func `processes are told alike`() throws {
        let bundle = try Self.bundle()
        let (runc, own) = try Self.both(
            bundle,
            """
            rt run --detach --bundle $BUNDLE box </dev/null >/dev/null 2>&1
            rt exec --detach box sleep 3601 </dev/null >/dev/null 2>&1
            rt ps box; rt ps box -o pid,ppid,args; rt ps box -e -o args; rt ps -f json box; rt ps --format table box
            rt kill box KILL; until rt state box | grep -q '"stopped"'; do :; done; rt ps box; rt ps -f json box
            """)
        func masked(_ outcome: Outcome) -> [[Substring]] {
            outcome.output.replacing(/\d\d:\d\d(:\d\d)?/, with: "TIME").replacing(/\d{1,}/, with: "N").split(separator: "\n")
                .map { $0.split(separator: " ") }
        }
        #expect(masked(own) == masked(runc), "\(own)")
        #expect(own.output.split(separator: "\n").count > 10, "\(own)")
    }

    @Test func `usage has the same members, and those that are limits the same values`() throws {
        let bundle = try Self.bundle()
        let (runc, own) = try Self.both(
            bundle,
            "rt run --detach --bundle $BUNDLE box </dev/null >/dev/null 2>&1; rt events --stats box; rt events --interval 100ms box | head -n 1"
        )
        func told(_ outcome: Outcome) throws -> [[String]] {
            try outcome.output.split(separator: "\n").map { try parse(Array($0.utf8)) }.map { event in
                Self.members(event).filter { line in
                    // Newer than this runc; or there only for what was used, which differs.
                    ["/psi/", "/usage/max ", "/swap/max ", "/data/blkio", "/data/memory/cache"].allSatisfy { !line.contains($0) }
                }.map { line in
                    let isCount =
                        ["/data/cpu/", "/data/memory/raw/"].contains { line.hasPrefix($0) } || line.contains("/usage/usage ")
                        || line.contains("/swap/usage ")
                    return isCount ? String(line.prefix { $0 != " " }) : line
                }
            }
        }
        #expect(try told(own) == told(runc))
        #expect(try told(own).count == 2 && told(own)[0].contains("/data/memory/usage/limit 67108864"), "\(own)")
    }

    @Test func `features are those of runc, but for what is listed`() throws {
        let bundle = try Self.bundle()
        let (runc, own) = try Self.both(bundle, "rt features")
        let (theirs, ours) = (try runc.json(), try own.json())
        var differences: [String] = []
        func compare(_ theirs: Value, _ pointer: String) {
            let own = ours.at(pointer)
            switch theirs {
            case .object(let members): for member in members { compare(member.value, "\(pointer)/\(member.key)") }
            case .array:
                for name in Set(theirs.strings).subtracting(own?.strings ?? []).sorted() { differences.append("\(pointer): no \(name)") }
            default: if own != theirs { differences.append(pointer) }
            }
        }
        compare(theirs, "")
        #expect(
            differences == [
                "/ociVersionMax",
                // Words for the file system, of which features has no list (docs/conformance.md).
                "/mountOptions: no acl", "/mountOptions: no noacl",
                "/linux/cgroup/v1", "/linux/selinux/enabled",
                // Its own name, and what it cannot do.
                "/annotations/org.opencontainers.runc.checkpoint.enabled", "/annotations/org.opencontainers.runc.commit",
                "/annotations/org.opencontainers.runc.version",
            ], "\(own)")
    }
}
