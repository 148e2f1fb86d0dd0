#include "call.h"
#include "clinux.h"

uint32_t clinux_getuid(void) { return (uint32_t)syscall(SYS_getuid); }
uint32_t clinux_geteuid(void) { return (uint32_t)syscall(SYS_geteuid); }
uint32_t clinux_getgid(void) { return (uint32_t)syscall(SYS_getgid); }
uint32_t clinux_getegid(void) { return (uint32_t)syscall(SYS_getegid); }

// The raw calls: libc's wrappers signal every thread, and there is one.
int clinux_setresuid(uint32_t real, uint32_t effective, uint32_t saved) {
    return (int)CALL(SYS_setresuid, real, effective, saved);
}
int clinux_setresgid(uint32_t real, uint32_t effective, uint32_t saved) {
    return (int)CALL(SYS_setresgid, real, effective, saved);
}
int clinux_setgroups(size_t count, const uint32_t *groups) { return (int)CALL(SYS_setgroups, count, groups); }
int clinux_getgroups(int count, uint32_t *groups) { return (int)CALL(SYS_getgroups, count, groups); }

int clinux_capset(const struct clinux_capabilities *sets) {
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[2] = {
        { (uint32_t)sets->effective, (uint32_t)sets->permitted, (uint32_t)sets->inheritable },
        { (uint32_t)(sets->effective >> 32), (uint32_t)(sets->permitted >> 32), (uint32_t)(sets->inheritable >> 32) },
    };
    return (int)CALL(SYS_capset, &header, data);
}
int clinux_capget(int pid, struct clinux_capabilities *sets) {
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = pid };
    struct __user_cap_data_struct data[2] = { { 0 } };
    int status = (int)CALL(SYS_capget, &header, data);
    if (status < 0) return status;
    sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
    sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return 0;
}
