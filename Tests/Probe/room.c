// A part of the machine that can be given back whole: programs which keep files, mounts and processes in places of the system's own
// (/run, /var/lib, /dev/shm) run in here.
//
//   room CGROUP            namespaces of mounts, processes, cgroups and network. CGROUP is the root of what is seen of cgroups, by cgroup2
//                          alone; the directories of `emptied` are empty, /etc can be written, and none of it reaches the machine. Says the
//                          pid of its first process, which reaps, and ends with all the others when stdin ends
//   enter CGROUP PID CMD   CMD in the room of PID, in the cgroup `init` of CGROUP; ends as CMD ended

#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { rooms = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWPID | CLONE_NEWNET };

static int fail(const char *what) {
    fprintf(stderr, "probe room: %s: %s\n", what, strerror(errno));
    return 125;
}

static int join_cgroup(const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s/cgroup.procs", directory, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = write(fd, "0", 1) == 1 ? 0 : -1;
    close(fd);
    return result;
}

static int loopback_up(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &request);
    close(fd);
    return result;
}

static const char *const emptied[] = {"/run", "/var/lib", "/var/tmp", "/dev/shm"};

static int furnish(void) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) return fail("private mounts");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) return fail("mount proc");
    while (!umount2("/sys/fs/cgroup", MNT_DETACH)) {}
    if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) return fail("mount cgroup2");
    for (size_t i = 0; i < sizeof emptied / sizeof *emptied; i++)
        if (mount("tmpfs", emptied[i], "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")) return fail(emptied[i]);
    if (mkdir("/run/etc", 0755) || mkdir("/run/etc/upper", 0755) || mkdir("/run/etc/work", 0755)) return fail("/run/etc");
    if (mount("overlay", "/etc", "overlay", 0, "lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work")) return fail("/etc");
    // A room's mounts are shared among its own namespaces, as an init leaves them to those who log in.
    if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL)) return fail("shared mounts");
    return loopback_up() ? fail("lo") : 0;
}

static int first(int ready) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int failure = furnish();
    if (failure) return failure;
    if (write(ready, "", 1) != 1) return fail("the room's door");
    close(ready);
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++) dup2(null, i);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
    for (;;) {
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
        sigwaitinfo(&children, NULL);
    }
}

int room(char *cgroup) {
    char inner[4096];
    snprintf(inner, sizeof inner, "%s/init", cgroup);
    if (mkdir(cgroup, 0755) || mkdir(inner, 0755)) return fail(cgroup);
    if (join_cgroup(cgroup, "") || unshare(rooms) || join_cgroup(inner, "")) return fail("a room of its own");
    int ready[2];
    if (pipe(ready)) return fail("pipe");
    pid_t pid = fork();
    if (pid < 0) return fail("fork");
    if (!pid) {
        close(ready[0]);
        _exit(first(ready[1]));
    }
    close(ready[1]);
    char byte;
    if (read(ready[0], &byte, 1) == 1) {
        dprintf(1, "%d\n", pid);
        while (read(0, &byte, 1) > 0) {}
    }
    kill(pid, SIGKILL);
    int status;
    waitpid(pid, &status, 0);
    return 0;
}

static pid_t inside;

static void pass_on(int signal) { kill(inside, signal); }

int enter(char *cgroup, pid_t pid, char **command) {
    if (join_cgroup(cgroup, "/init")) return fail(cgroup);
    int fd = syscall(SYS_pidfd_open, pid, 0);
    char here[4096];
    if (!getcwd(here, sizeof here)) return fail("working directory");
    if (fd < 0 || setns(fd, rooms)) return fail("the room's namespaces");
    close(fd);
    if (chdir(here)) return fail(here);
    inside = fork();
    if (inside < 0) return fail("fork");
    if (!inside) {
        execvp(command[0], command);
        _exit(fail(command[0]));
    }
    // What a terminal sends reaches the whole foreground group by itself.
    int passed[] = {SIGTERM, SIGHUP, SIGUSR1};
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) signal(passed[i], pass_on);
    signal(SIGINT, SIG_IGN), signal(SIGQUIT, SIG_IGN);
    int status;
    while (waitpid(inside, &status, 0) < 0)
        if (errno != EINTR) return fail("wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
