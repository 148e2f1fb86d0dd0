import Cgroups
import Filters
import Plan
import Spec
import Systemd

/// What is decided of a config.json before anything is done: for a container of the host, with cgroups by their files and by systemd, and
/// for one in a virtual machine.
func readPlan(_ bytes: [UInt8]) {
    let config: Config
    do throws(SpecError) { config = try Config(bytes: bytes) } catch { return }
    planOnHost(config)
    planLimits(config.linux.resources)
    planUnit(config)
    planInGuest(config, bytes)
}

private func planOnHost(_ config: Config) {
    var facts = HostFacts()
    facts.rootfs = "/rootfs"
    facts.bundle = "/bundle"
    facts.capabilities = .max >> 23
    facts.cgroupMountPoint = "/sys/fs/cgroup"
    for isInUserNamespace in [false, true] {
        facts.isInUserNamespace = isInUserNamespace
        do throws(PlanError) {
            let plan = try plan(config, LaunchRequest(), facts)
            // The texts of steps are the plan's.
            withExtendedLifetime(plan) { _ = plan.steps.map { "\($0)" } }
        } catch { _ = "\(error)" }
    }
    do throws(FilterError) { _ = try config.linux.seccomp.map { seccomp throws(FilterError) in try compile(seccomp) } } catch {
        _ = "\(error)"
    }
}

private func planLimits(_ resources: Resources) {
    do throws(CgroupsError) {
        _ = try DeviceProgram(resources.devices)
        let settings = try Limits(resources).writes.map { FileSetting($0.file, $0.value, $0.field) }
        for version in [219, 260] {
            for moment in [Moment.creation, .update] {
                do throws(SystemdError) { _ = try limitProperties(settings, version: version, moment) } catch { _ = "\(error)" }
            }
        }
    } catch { _ = "\(error)" }
}

private func planUnit(_ config: Config) {
    do throws(SystemdError) {
        _ = try UnitName(cgroupsPath: config.linux.cgroupsPath, id: "id", of: .system).levels
        _ = try annotatedProperties(config.annotations)
    } catch { _ = "\(error)" }
}
