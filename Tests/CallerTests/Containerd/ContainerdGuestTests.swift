import JSON
import TestKit
import Testing

// What needs controllers of cgroup v2: limits, usage and the want of memory, as containerd sees them, beside runc.
@Suite(
    .inGuest(.systemd), .enabled(if: GuestContainerd.canRun, "no Debian guest with containerd here"), .serialized, .timeLimit(.minutes(8)))
struct ContainerdGuestTests {
    /// A scenario with runc and with swiftrun, whose transcript is without the numbers of usage.
    /// `wanted` is what it is played for.
    private func compared(_ scenario: String, wanted: String, _ play: (GuestContainerd, OCIRuntime) throws -> Outcome) throws {
        let containerd = try GuestContainerd()
        try compare("containerd", scenario, with: GuestContainerd.swiftrun) { runtime in
            let transcript = Transcript { text in
                text.replacing(/\b[0-9a-f]{64}\b/, with: "ID").replacing(/time="[^"]*"/, with: "time=")
            }
            let outcome = try play(containerd, runtime)
            #expect(outcome.output.contains(wanted), "\(runtime.name): \(outcome)")
            transcript.record([scenario], outcome)
            return transcript
        }
        try containerd.stop()
    }

    @Test func `limits and usage of ctr, and what it is told of a container that wants too much memory`() throws {
        try compared("metrics and events", wanted: "/tasks/oom b") { containerd, runtime in
            try containerd.run(
                """
                run() { ctr run --runc-binary \(runtime.path) "$@"; }
                ctr events > events & watcher=$!
                until [ -s events ]; do ctr namespaces label $NAME "n=$(cat /proc/uptime)"; done
                run --detach --memory-limit 67108864 --cpus 0.5 \(Image.box.name) a sleep 1000
                (cd /sys/fs/cgroup/$NAME/a && for file in memory.max cpu.max cpu.weight; do echo "$file $(cat $file)"; done)
                # Of usage the names, of limits the numbers.
                ctr task metrics a | sed -n 's/^\\([a-z.]*_limit\\|pids[a-z.]*\\) \\(.*\\)/\\1 \\2/p; s/^\\([a-z._]*\\) .*/\\1/p'
                ctr task kill --signal 9 a
                until ctr task ls | grep STOPPED; do :; done | sed 's/[0-9][0-9]*/PID/'
                ctr task delete a; ctr containers delete a
                # The container lives on: of one that ends by it, containerd may hear of the end only.
                run --detach --memory-limit 20971520 \(Image.box.name) b sh -c 'tail /dev/zero; sleep 1000'
                until grep -q '/tasks/oom.*"b"' events; do :; done
                ctr task kill --signal 9 b
                until ctr task ls | grep -q STOPPED; do :; done
                ctr task delete b; echo "status $?"; ctr containers delete b
                until grep -q '/tasks/delete.*"b"' events; do :; done
                kill $watcher
                sed -n 's#.* \\(/tasks/[a-z]*\\) .*"container_id":"\\([^"]*\\)".*#\\1 \\2#p' events | uniq
                rm events
                """)
        }
    }

    @Test func `limits that a kubelet sets and changes, usage, and OOMKilled`() throws {
        try compared("limits of a pod's container", wanted: "two 137 OOMKilled") { containerd, runtime in
            let namespaces = #""security_context": {"namespace_options": {"network": 2, "pid": 1}}"#
            let metadata = #"{"name": "pod", "uid": "\#(containerd.scratch.name)", "namespace": "default"}"#
            let pod = #"{"metadata": \#(metadata), "linux": {"cgroup_parent": "system.slice", \#(namespaces)}}"#
            func container(_ name: String, _ command: String, _ resources: String) -> String {
                """
                {"pod_sandbox_id": "'$pod'", "sandbox_config": \(pod), "config": {"metadata": {"name": "\(name)"}, "image": {"image": \
                "\(Image.box.name)"}, "command": \(command), "linux": {"resources": \(resources), \(namespaces)}}}
                """
            }
            let usual = #"{"memory_limit_in_bytes": 67108864, "cpu_shares": 512, "cpu_quota": 50000, "cpu_period": 100000}"#
            let eater = #"["sh", "-c", "tail /dev/zero; sleep 1000"]"#
            let changed = #"{"memory_limit_in_bytes": 134217728, "cpu_shares": 256, "cpu_quota": 20000, "cpu_period": 100000}"#
            return try containerd.kubelet(
                """
                call RunPodSandbox '{"config": \(pod), "runtime_handler": "\(runtime.name)"}'; tell RunPodSandbox
                pod=$(field pod_sandbox_id); [ -n "$pod" ] || exit 1
                call CreateContainer '\(container("one", #"["sleep", "1000"]"#, usual))'; tell CreateContainer; one=$(field container_id)
                call StartContainer '{"container_id": "'$one'"}'; tell StartContainer
                scope=/sys/fs/cgroup/system.slice/cri-containerd-$one.scope
                limits() { for file in memory.max cpu.max cpu.weight; do echo "$file $(cat $scope/$file)"; done; }
                limits
                call UpdateContainerResources '{"container_id": "'$one'", "linux": \(changed)}'; tell UpdateContainerResources
                limits
                call ContainerStats '{"container_id": "'$one'"}'
                for name in usage_core_nano_seconds working_set_bytes usage_bytes; do
                    [ "$(echo "$answer" | sed "s/.*\\"$name\\": {\\"value\\": \\"\\([0-9]*\\).*/\\1/")" -gt 0 ]; echo "$name $?"
                done
                call StopContainer '{"container_id": "'$one'", "timeout": 0}'; tell StopContainer
                call ContainerStatus '{"container_id": "'$one'"}'; echo "one $(field exit_code) $(field reason)"
                call CreateContainer '\(container("two", eater, #"{"memory_limit_in_bytes": 20971520}"#))'
                two=$(field container_id)
                call StartContainer '{"container_id": "'$two'"}'; tell StartContainer
                # It lives on: of one that ends by it, containerd may hear of the end only.
                until call ContainerStatus '{"container_id": "'$two'"}'; [ "$(field reason)" = OOMKilled ]; do :; done
                call StopContainer '{"container_id": "'$two'", "timeout": 0}'; tell StopContainer
                until call ContainerStatus '{"container_id": "'$two'"}'; [ "$(field state)" = 2 ]; do :; done
                echo "two $(field exit_code) $(field reason)"
                call StopPodSandbox '{"pod_sandbox_id": "'$pod'"}'; tell StopPodSandbox
                call RemovePodSandbox '{"pod_sandbox_id": "'$pod'"}'; tell RemovePodSandbox
                ls /sys/fs/cgroup/system.slice | grep cri-containerd
                echo end
                """)
        }
    }
}
