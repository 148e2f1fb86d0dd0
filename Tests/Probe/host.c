// The tests' process has many threads: what asks for one (unshare, subreaper, seccomp) is done here.
//
//   view CMD...              CMD where /sys/fs/cgroup is a plain cgroup2 mount, as on a host without v1
//   shim FD CMD...           CMD as a shim runs a runtime: subreaper, its orphans are reaped and told on FD
//   hold FD NAMES            new namespaces (net,uts,ipc,mnt,pid,cgroup,time,user), held until FD is closed
//   await PID MILLISECONDS   until PID has ended; 3 when it has not in time
//   at-pid PID               a child with exactly this pid, held until stdin ends
//   without NUMBER ERRNO CMD...   CMD to which system call NUMBER answers ERRNO
//   mounts CMD...            CMD in a private mount namespace
//   room, enter              see room.c

#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what) {
    fprintf(stderr, "probe host: %s: %s\n", what, strerror(errno));
    return 125;
}

static int run(char **command) {
    execvp(command[0], command);
    return fail(command[0]);
}

static int private_mounts(void) {
    return unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static int view(char **command) {
    if (private_mounts()) return fail("a private mount namespace");
    while (!umount2("/sys/fs/cgroup", MNT_DETACH)) {}
    if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL)) return fail("mount cgroup2");
    return run(command);
}

static void tell(int fd, const char *what, pid_t pid, int status) {
    struct text text = {0};
    put(&text, "{");
    put_key(&text, "event"), put_string(&text, what);
    put_key(&text, "pid"), put(&text, "%d", pid);
    if (WIFEXITED(status)) put_key(&text, "exit"), put(&text, "%d", WEXITSTATUS(status));
    else put_key(&text, "signal"), put(&text, "%d", WTERMSIG(status));
    put(&text, "}");
    print_line(&text, fd);
}

static int shim(int fd, char **command) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) return fail("subreaper");
    pid_t runtime = fork();
    if (runtime < 0) return fail("fork");
    if (!runtime) {
        // As containerd's shim and conmon start it.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(run(command));
    }
    // The container's pipes are the runtime's business alone: their end must not wait for us.
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3; i++) dup2(null, i);
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, 0);
        if (pid < 0 && errno == EINTR) continue;
        if (pid < 0) return 0;
        tell(fd, pid == runtime ? "runtime" : "orphan", pid, status);
    }
}

static int hold(int fd, char *names) {
    static const struct { const char *name; int flag; } known[] = {
        {"net", CLONE_NEWNET}, {"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC}, {"mnt", CLONE_NEWNS},
        {"pid", CLONE_NEWPID}, {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME}, {"user", CLONE_NEWUSER},
    };
    int flags = 0;
    for (char *name = strsep(&names, ","); name; name = strsep(&names, ","))
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (!strcmp(known[i].name, name)) flags |= known[i].flag;
    if (unshare(flags)) return fail("unshare");
    pid_t pid = getpid();
    if (flags & (CLONE_NEWPID | CLONE_NEWTIME)) {
        pid = fork();
        if (pid < 0) return fail("fork");
        if (!pid) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) pause();
        }
    }
    dprintf(1, "%d\n", pid);
    char byte;
    while (read(fd, &byte, 1) > 0) {}
    return 0;
}

static int await(pid_t pid, int milliseconds) {
    int fd = syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) return errno == ESRCH ? 0 : fail("pidfd_open");
    struct pollfd watched = {fd, POLLIN, 0};
    return poll(&watched, 1, milliseconds) == 1 ? 0 : 3;
}

static int at_pid(pid_t wanted) {
    struct clone_args arguments = {.exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)&wanted, .set_tid_size = 1};
    pid_t pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0) return fail("clone3 with set_tid");
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
    dprintf(1, "%d\n", pid);
    char byte;
    while (read(0, &byte, 1) > 0) {}
    int status;
    int ended = waitpid(pid, &status, WNOHANG) == pid;
    kill(pid, SIGKILL);
    return ended ? 3 : 0;
}

static int without(int number, int answer, char **command) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter)) return fail("seccomp");
    return run(command);
}

int host(int count, char **words) {
    if (count > 1 && !strcmp(words[0], "view")) return view(words + 1);
    if (count > 2 && !strcmp(words[0], "shim")) return shim(atoi(words[1]), words + 2);
    if (count > 2 && !strcmp(words[0], "hold")) return hold(atoi(words[1]), words[2]);
    if (count > 2 && !strcmp(words[0], "await")) return await(atoi(words[1]), atoi(words[2]));
    if (count > 1 && !strcmp(words[0], "at-pid")) return at_pid(atoi(words[1]));
    if (count > 3 && !strcmp(words[0], "without")) return without(atoi(words[1]), atoi(words[2]), words + 3);
    if (count == 2 && !strcmp(words[0], "room")) return room(words[1]);
    if (count > 3 && !strcmp(words[0], "enter")) return enter(words[1], atoi(words[2]), words + 3);
    if (count > 1 && !strcmp(words[0], "mounts")) return private_mounts() ? fail("a private mount namespace") : run(words + 1);
    fprintf(stderr, "probe host: unknown request\n");
    return 125;
}
