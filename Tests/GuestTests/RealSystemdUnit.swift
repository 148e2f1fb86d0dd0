import JSON
import TestKit

extension GuestBundle {
    /// A container that is to be the scope `prefix-ID.scope` of the systemd driver.
    static func scope(_ slice: String = "system.slice", _ script: String = "exec sleep 3600") throws -> GuestBundle {
        let bundle = try GuestBundle()
        bundle.set("/linux/cgroupsPath", .string("\(slice):swiftrun:\(bundle.id)"))
        bundle.process(script)
        return bundle
    }

    /// Runs a script in which `$UNIT` is the container's scope, `$CG` its cgroup in system.slice, and these are known:
    /// `up`, which runs it detached; `show NAME...`, which prints properties as systemd has them, and `gone`, which waits until the
    /// unit is no more.
    func withUnit(_ script: String, seconds: Int = 60) throws -> Outcome {
        try outside(
            """
            UNIT=swiftrun-$ID.scope CG=/sys/fs/cgroup/system.slice/swiftrun-$ID.scope
            up() { swiftrun --systemd-cgroup run --detach --bundle $BUNDLE "$@" $ID </dev/null >$BUNDLE/out 2>&1 || cat $BUNDLE/out >&2; }
            show() { for name in "$@"; do echo "$name=$(systemctl show --value --property $name $UNIT)"; done; }
            gone() { while systemctl list-units --all --plain --no-legend $UNIT | grep -q .; do :; done; }
            values() { for file in "$@"; do echo "$file=$(cat $CG/$file | tr '\\n' ' ' | sed 's/ $//')"; done; }
            \(script)
            """, seconds: seconds)
    }
}

extension Outcome {
    /// Lines `name=value` of the output; of two of a name the last counts.
    var assignments: [String: String] {
        var values: [String: String] = [:]
        for line in outputLines {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        return values
    }
}
