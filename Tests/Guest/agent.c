// Runs shell scripts in the tests' virtual machine and sends back what became of them. `agent NAME` serves the virtio port NAME.
//
// It says "ready\n" once. A request is a line "ID SECONDS LENGTH\n" and LENGTH bytes of script; any number run at a time, each as
// `sh FILE` in a session of its own. The answer to each, when its shell has ended, is a line "ID WAY NUMBER OUT ERRORS\n" and OUT bytes
// of stdout and ERRORS bytes of stderr. WAY is `exit` with a status, `signal` with its number, or `late` when SECONDS were over and the
// session was killed. The outputs are files: who keeps one open holds up nobody.
// As first process it reaps all orphans. The machine is switched off when the host hangs up.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct check {
    struct check *next;
    char id[32];
    pid_t pid;
    long long end; // monotonic milliseconds
    int late;
};

static struct check *checks;
static const char *directory = "/run/agent";

static void die(const char *what) {
    fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
    if (getpid() == 1) reboot(RB_POWER_OFF);
    exit(1);
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static int open_port(const char *wanted) {
    for (int number = 0; number < 32; number++) {
        char path[128], name[64] = "";
        for (int port = 0; port < 32; port++) {
            snprintf(path, sizeof path, "/sys/class/virtio-ports/vport%dp%d/name", number, port);
            int fd = open(path, O_RDONLY | O_CLOEXEC);
            if (fd < 0) continue;
            ssize_t count = read(fd, name, sizeof name - 1);
            close(fd);
            name[count > 0 ? count : 0] = 0;
            name[strcspn(name, "\n")] = 0;
            if (strcmp(name, wanted)) continue;
            snprintf(path, sizeof path, "/dev/vport%dp%d", number, port);
            return open(path, O_RDWR | O_CLOEXEC);
        }
    }
    errno = ENODEV;
    return -1;
}

static void send_all(int port, const char *bytes, size_t count) {
    while (count) {
        ssize_t sent = write(port, bytes, count);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) die("write to the port");
        bytes += sent, count -= sent;
    }
}

static char *path_of(const char *id, const char *what) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s.%s", directory, id, what);
    return path;
}

static char *slurp(const char *path, size_t *length) {
    *length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts = {0};
    if (fd < 0 || fstat(fd, &facts)) return NULL;
    char *bytes = malloc(facts.st_size + 1);
    ssize_t count;
    while (*length < (size_t)facts.st_size && (count = read(fd, bytes + *length, facts.st_size - *length)) > 0) *length += count;
    close(fd);
    return bytes;
}

static void begin(const char *id, long seconds, const char *script, size_t length) {
    int file = open(path_of(id, "script"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) die("a script");
    while (length) {
        ssize_t count = write(file, script, length);
        if (count <= 0) die("write a script");
        script += count, length -= count;
    }
    close(file);
    struct check *check = calloc(1, sizeof *check);
    snprintf(check->id, sizeof check->id, "%s", id);
    check->end = now() + seconds * 1000;
    check->pid = fork();
    if (check->pid < 0) die("fork");
    if (!check->pid) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        setsid();
        dup2(open("/dev/null", O_RDWR), 0);
        dup2(open(path_of(id, "out"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666), 1);
        dup2(open(path_of(id, "err"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666), 2);
        close_range(3, ~0U, 0);
        char *name = strdup(path_of(id, "script"));
        execlp("sh", "sh", name, (char *)NULL);
        _exit(127);
    }
    check->next = checks;
    checks = check;
}

static void finish(int port, struct check *check, int status) {
    char line[128];
    size_t out, err;
    char *output = slurp(path_of(check->id, "out"), &out);
    char *errors = slurp(path_of(check->id, "err"), &err);
    int length = snprintf(line, sizeof line, "%s %s %d %zu %zu\n", check->id, check->late ? "late" : WIFEXITED(status) ? "exit" : "signal",
                          WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), out, err);
    send_all(port, line, length);
    if (out) send_all(port, output, out);
    if (err) send_all(port, errors, err);
    free(output), free(errors);
    unlink(path_of(check->id, "script")), unlink(path_of(check->id, "out")), unlink(path_of(check->id, "err"));
    struct check **place = &checks;
    while (*place != check) place = &(*place)->next;
    *place = check->next;
    free(check);
}

static void reap(int port) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (struct check *check = checks; check; check = check->next)
            if (check->pid == pid) {
                finish(port, check, status);
                break;
            }
}

// What a session that is killed was at, for its stderr.
static void tell_session(const struct check *check) {
    FILE *errors = fopen(path_of(check->id, "err"), "a");
    DIR *all = opendir("/proc");
    for (struct dirent *entry; errors && all && (entry = readdir(all));) {
        char path[300], *end, words[4096];
        long pid = strtol(entry->d_name, &end, 10);
        if (*end || getsid(pid) != check->pid) continue;
        fprintf(errors, "late: %ld", pid);
        for (const char *const *file = (const char *const[]){"cmdline", "stat", "wchan", NULL}; *file; file++) {
            snprintf(path, sizeof path, "/proc/%ld/%s", pid, *file);
            FILE *facts = fopen(path, "r");
            size_t count = facts ? fread(words, 1, sizeof words - 1, facts) : 0;
            if (facts) fclose(facts);
            for (size_t i = 0; i < count; i++)
                if (!words[i] || words[i] == '\n') words[i] = ' ';
            fprintf(errors, " %.*s", count > 300 ? 300 : (int)count, words);
        }
        fprintf(errors, "\n");
    }
    if (all) closedir(all);
    if (errors) fclose(errors);
}

// Kills the sessions whose time is over; returns how long to wait for the next.
static int expire(void) {
    long long first = -1, time = now();
    for (struct check *check = checks; check; check = check->next) {
        if (check->late) continue;
        if (check->end <= time) {
            check->late = 1;
            tell_session(check);
            kill(-check->pid, SIGKILL);
        } else if (first < 0 || check->end - time < first) {
            first = check->end - time;
        }
    }
    return first > 60000 ? 60000 : (int)first;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
    signal(SIGPIPE, SIG_IGN);
    if (mkdir(directory, 0755) && errno != EEXIST) die(directory);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int children = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    int port = open_port(argv[1]);
    if (port < 0) die("the port");
    send_all(port, "ready\n", 6);

    char *pending = NULL;
    size_t have = 0, room = 0;
    for (;;) {
        struct pollfd watched[] = {{port, POLLIN, 0}, {children, POLLIN, 0}};
        if (poll(watched, 2, expire()) < 0 && errno != EINTR) die("poll");
        if (watched[1].revents) {
            struct signalfd_siginfo facts;
            while (read(children, &facts, sizeof facts) > 0) {}
        }
        reap(port);
        if (!watched[0].revents) continue;
        if (room - have < 65536) pending = realloc(pending, room += 1 << 20);
        ssize_t count = read(port, pending + have, room - have);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count <= 0) break;
        have += count;
        for (;;) {
            char *end = memchr(pending, '\n', have), id[32];
            long seconds;
            size_t length;
            if (!end) break;
            *end = 0;
            if (sscanf(pending, "%31s %ld %zu", id, &seconds, &length) != 3) die("a request");
            size_t head = end + 1 - pending;
            if (have - head < length) {
                *end = '\n';
                if (head + length > room) pending = realloc(pending, room = head + length + 65536);
                break;
            }
            begin(id, seconds, pending + head, length);
            memmove(pending, pending + head + length, have -= head + length);
        }
    }
    reboot(RB_POWER_OFF);
    return 0;
}
