#include "call.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <sched.h>
#include <linux/reboot.h>
#include "clinux.h"

int clinux_clone3(uint64_t flags, int exit_signal, int *pidfd, int cgroup) {
    struct clone_args args = { .flags = flags, .exit_signal = (uint64_t)exit_signal };
    if (pidfd) {
        args.flags |= CLONE_PIDFD;
        args.pidfd = (uint64_t)(uintptr_t)pidfd;
    }
    if (cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)cgroup;
    }
    return (int)CALL(SYS_clone3, &args, sizeof args);
}
int clinux_fork(int exit_signal, int *pidfd) {
    return (int)CALL(SYS_clone, (unsigned long)CLONE_PIDFD | (unsigned long)exit_signal, NULL, pidfd, 0, 0);
}
int clinux_execve(const char *path, const char *const argv[], const char *const envp[]) {
    return (int)CALL(SYS_execve, path, argv, envp);
}
int clinux_execveat(int directory, const char *path, const char *const argv[], const char *const envp[], int flags) {
    return (int)CALL(SYS_execveat, directory, path, argv, envp, flags);
}
_Noreturn void clinux_exit(int status) {
    for (;;) syscall(SYS_exit_group, status);
}
int clinux_getpid(void) { return (int)CALL(SYS_getpid); }
int clinux_getppid(void) { return (int)CALL(SYS_getppid); }
int clinux_kill(int pid, int signal) { return (int)CALL(SYS_kill, pid, signal); }
int clinux_pidfd_open(int pid, unsigned flags) { return (int)CALL(SYS_pidfd_open, pid, flags); }
int clinux_pidfd_send_signal(int pidfd, int signal) { return (int)CALL(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }
int clinux_pidfd_getfd(int pidfd, int fd) { return (int)CALL(SYS_pidfd_getfd, pidfd, fd, 0); }
int clinux_waitid(int pidfd, int pid, int options, struct clinux_exit *result) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int type = pidfd >= 0 ? P_PIDFD : pid < 0 ? P_ALL : P_PID;
    int status = (int)CALL(SYS_waitid, type, pidfd >= 0 ? pidfd : pid, &info, options | WEXITED, NULL);
    if (status < 0) return status;
    *result = (struct clinux_exit){ .code = info.si_code, .status = info.si_status, .pid = info.si_pid };
    return 0;
}
int clinux_unshare(int flags) { return (int)CALL(SYS_unshare, flags); }
int clinux_setns(int fd, int type) { return (int)CALL(SYS_setns, fd, type); }
int clinux_setsid(void) { return (int)CALL(SYS_setsid); }
int clinux_getpgid(int pid) { return (int)CALL(SYS_getpgid, pid); }
int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return (int)CALL(SYS_prctl, option, a, b, c, d);
}
int clinux_prlimit(int pid, int resource, const struct clinux_rlimit *new_limit, struct clinux_rlimit *old_limit) {
    return (int)CALL(SYS_prlimit64, pid, resource, new_limit, old_limit);
}
int clinux_sigprocmask(int how, const uint64_t *set, uint64_t *old) {
    return (int)CALL(SYS_rt_sigprocmask, how, set, old, sizeof(uint64_t));
}

// The kernel's own struct: libc's has another order, and SIG_DFL or SIG_IGN needs no restorer.
struct clinux_kernel_sigaction {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};
static int disposition(int signal, unsigned long handler) {
    struct clinux_kernel_sigaction action = { .handler = (void *)handler };
    return (int)CALL(SYS_rt_sigaction, signal, &action, NULL, sizeof(uint64_t));
}
int clinux_signal_default(int signal) { return disposition(signal, 0); }
int clinux_signal_ignore(int signal) { return disposition(signal, 1); }

int clinux_signalfd(uint64_t mask, int flags) { return (int)CALL(SYS_signalfd4, -1, &mask, sizeof mask, flags); }
int clinux_timerfd_create(int clock, int flags) { return (int)CALL(SYS_timerfd_create, clock, flags); }
int clinux_umask(unsigned mask) { return (int)CALL(SYS_umask, mask); }
int clinux_personality(unsigned long domain) { return (int)CALL(SYS_personality, domain); }
int clinux_sched_setattr(int pid, const void *attributes) { return (int)CALL(SYS_sched_setattr, pid, attributes, 0); }
int clinux_sched_setaffinity(int pid, size_t size, const void *mask) {
    return (int)CALL(SYS_sched_setaffinity, pid, size, mask);
}
int clinux_sched_getaffinity(int pid, size_t size, void *mask) {
    return (int)CALL(SYS_sched_getaffinity, pid, size, mask);
}
int clinux_ioprio_set(int which, int who, int value) { return (int)CALL(SYS_ioprio_set, which, who, value); }
int clinux_set_mempolicy(int mode, const unsigned long *nodes, unsigned long count) {
    return (int)CALL(SYS_set_mempolicy, mode, nodes, count);
}
int clinux_ppoll(struct pollfd *fds, unsigned count, const struct __kernel_timespec *timeout, const uint64_t *mask) {
    // The kernel writes the time left back into its argument.
    struct __kernel_timespec left;
    if (timeout) left = *timeout;
    return (int)CALL(SYS_ppoll, fds, count, timeout ? &left : NULL, mask, sizeof(uint64_t));
}
int64_t clinux_clock_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
int clinux_clock_realtime(int64_t *seconds, int64_t *nanoseconds) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *seconds = now.tv_sec;
    *nanoseconds = now.tv_nsec;
    return 0;
}
int clinux_clock_set_realtime(int64_t seconds, int64_t nanoseconds) {
    struct timespec time = { .tv_sec = seconds, .tv_nsec = nanoseconds };
    return (int)CALL(SYS_clock_settime, CLOCK_REALTIME, &time);
}
int clinux_finit_module(int fd, const char *parameters, int flags) {
    return (int)CALL(SYS_finit_module, fd, parameters, flags);
}
int clinux_reboot(unsigned command) {
    return (int)CALL(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, NULL);
}
int clinux_uname(char *release, size_t size, char *machine, size_t machine_size) {
    struct { char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65]; } name;
    int status = (int)CALL(SYS_uname, &name);
    if (status < 0) return status;
    if (size < sizeof name.release || machine_size < sizeof name.machine) return -EINVAL;
    memcpy(release, name.release, sizeof name.release);
    memcpy(machine, name.machine, sizeof name.machine);
    return 0;
}
int clinux_bpf(int command, union bpf_attr *attributes, unsigned size) {
    return (int)CALL(SYS_bpf, command, attributes, size);
}
int clinux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return (int)CALL(SYS_keyctl, operation, a, b, c, d);
}
int clinux_sethostname(const char *name, size_t length) { return (int)CALL(SYS_sethostname, name, length); }
int clinux_setdomainname(const char *name, size_t length) { return (int)CALL(SYS_setdomainname, name, length); }
int clinux_seccomp(unsigned operation, unsigned flags, const void *argument) {
    return (int)CALL(SYS_seccomp, operation, flags, argument);
}
int clinux_seccomp_load(unsigned flags, const void *program, unsigned short length) {
    struct sock_fprog filter = { .len = length, .filter = (struct sock_filter *)program };
    return (int)CALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}
int clinux_sync(void) { return (int)CALL(SYS_sync); }

extern char **environ;
const char *const *clinux_environ(void) { return (const char *const *)environ; }
