import JSON
import TestKit

/// containerd in the virtual machine, where cgroup v2 has every controller, with a handler of the CRI for each runtime.
final class GuestContainerd {
    let scratch: GuestScratch

    static let swiftrun = OCIRuntime(name: "swiftrun", path: "/usr/local/sbin/swiftrun")

    static let canRun = Guest.systemd.canBoot && Files.text(Repository.path(".build/guest/root.packages")).contains("containerd")

    init() throws {
        scratch = try GuestScratch.required()
        let started = try scratch.run(
            """
            \(Self.file("image.py", Files.text(Repository.path("Tests/Callers/image.py"))))
            \(Self.file("cri.py", Files.text(Repository.path("Tests/Callers/cri.py"))))
            \(Self.file("config.toml", Self.config(scratch, [.runc, Self.swiftrun])))
            python3 image.py /rootfs box.tar \(Image.box.name) sh && python3 image.py /rootfs pause.tar \(Image.pause.name) sleep 1000000 || exit 1
            # A pod's own are copies of them.
            touch /etc/hosts /etc/resolv.conf
            containerd --config config.toml > log 2>&1 & echo $! > pid
            until ctr --address s version > /dev/null 2>&1; do kill -0 $(cat pid) || { cat log; exit 1; }; done
            for namespace in $NAME k8s.io; do
                for image in box pause; do ctr --address s --namespace $namespace images import $image.tar || exit 1; done
            done
            """, seconds: 120)
        guard started.status == 0 else { throw Failure("containerd in the guest: \(started)") }
    }

    /// A shell script in which `ctr` has this containerd and the test's own namespace of it.
    func run(_ script: String, seconds: Int = 240) throws -> Outcome {
        let outcome = try scratch.run(
            "ctr() { command ctr --address $DIR/s --namespace $NAME \"$@\"; }\n" + script, seconds: seconds)
        guard outcome.status == 0 else { throw Failure("\(outcome); \(try scratch.run("tail -n 20 log").output)") }
        return outcome
    }

    /// A script that plays a kubelet: `call METHOD REQUEST` sets `$answer`, `field NAME` is a text in it.
    func kubelet(_ script: String) throws -> Outcome {
        try run(
            """
            rm -f calls answers; mkfifo calls answers
            python3 cri.py $DIR/s < calls > answers & client=$!
            exec 3>calls 4<answers
            call() { printf '{"method": "%s", "request": %s}\\n' "$1" "$2" >&3; read -r answer <&4; }
            field() { echo "$answer" | sed -n "s/.*\\"$1\\": \\"\\{0,1\\}\\([^\\",}]*\\).*/\\1/p"; }
            tell() { echo "$1: $answer"; }
            \(script)
            exec 3>&- 4<&-
            wait $client
            """)
    }

    func stop() throws {
        _ = try run(
            """
            kill $(cat pid); while kill -0 $(cat pid) 2>/dev/null; do sleep 0.1; done
            rmdir /sys/fs/cgroup/$NAME 2>/dev/null; true
            """)
    }

    private static func file(_ name: String, _ content: String) -> String { "cat > \(name) <<'END-OF-FILE'\n\(content)\nEND-OF-FILE" }

    private static func config(_ scratch: GuestScratch, _ runtimes: [OCIRuntime]) -> String {
        let directory = "/tmp/\(scratch.name)"
        let plugin = "plugins.\"io.containerd.grpc.v1.cri\""
        let handlers = runtimes.map { runtime in
            """
            [\(plugin).containerd.runtimes.\(runtime.name)]
              runtime_type = "io.containerd.runc.v2"
            [\(plugin).containerd.runtimes.\(runtime.name).options]
              BinaryName = "\(runtime.path)"
              SystemdCgroup = true

            """
        }
        return """
            version = 2
            root = "\(directory)/root"
            state = "\(directory)/state"
            [grpc]
              address = "\(directory)/s"
            [\(plugin)]
              sandbox_image = "\(Image.pause.name)"
            \(handlers.joined())
            """
    }
}
