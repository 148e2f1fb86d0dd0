#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void open_line(struct text *text, const char *action, const char *subject) {
    put(text, "{");
    put_key(text, "action"), put_string(text, action);
    if (subject) put_key(text, "subject"), put_string(text, subject);
}

static void close_line(struct text *text) {
    put(text, "}");
    print_line(text, 1);
}

static void print_result(const char *action, const char *subject, long result) {
    int number = errno;
    struct text text = {0};
    open_line(&text, action, subject);
    put_result(&text, result, number);
    close_line(&text);
}

static const char *type_name(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG: return "file";
    case S_IFDIR: return "directory";
    case S_IFLNK: return "symlink";
    case S_IFCHR: return "character device";
    case S_IFBLK: return "block device";
    case S_IFIFO: return "fifo";
    case S_IFSOCK: return "socket";
    default: return "unknown";
    }
}

static void stat_path(const char *path) {
    struct text text = {0};
    struct stat facts;
    open_line(&text, "stat", path);
    int result = lstat(path, &facts);
    put_result(&text, result, errno);
    if (!result) {
        put_key(&text, "type"), put_string(&text, type_name(facts.st_mode));
        put_key(&text, "mode"), put(&text, "%d", facts.st_mode & 07777);
        put_key(&text, "uid"), put(&text, "%u", facts.st_uid);
        put_key(&text, "gid"), put(&text, "%u", facts.st_gid);
        put_key(&text, "size"), put(&text, "%lld", (long long)facts.st_size);
        put_key(&text, "links"), put(&text, "%llu", (unsigned long long)facts.st_nlink);
        put_key(&text, "device"), put(&text, "%llu", (unsigned long long)facts.st_dev);
        put_key(&text, "inode"), put(&text, "%llu", (unsigned long long)facts.st_ino);
        put_key(&text, "major"), put(&text, "%u", major(facts.st_rdev));
        put_key(&text, "minor"), put(&text, "%u", minor(facts.st_rdev));
        char target[4096];
        ssize_t length = S_ISLNK(facts.st_mode) ? readlink(path, target, sizeof target) : -1;
        if (length >= 0) put_key(&text, "target"), put_bytes(&text, target, length);
        struct statfs filesystem;
        if (!S_ISLNK(facts.st_mode) && !statfs(path, &filesystem)) {
            put_key(&text, "filesystem"), put(&text, "%llu", (unsigned long long)filesystem.f_type);
            put_key(&text, "bytes"), put(&text, "%llu", (unsigned long long)filesystem.f_blocks * filesystem.f_bsize);
        }
    }
    close_line(&text);
}

static void cat(const char *path) {
    struct text text = {0};
    size_t length = 0;
    char *content = read_file(path, &length);
    open_line(&text, "cat", path);
    put_result(&text, content ? 0 : -1, errno);
    put_key(&text, "content");
    if (content) put_bytes(&text, content, length);
    else put(&text, "null");
    free(content);
    close_line(&text);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
    struct text text = {0};
    open_line(&text, "ls", path);
    DIR *directory = opendir(path);
    put_result(&text, directory ? 0 : -1, errno);
    char *names[4096];
    size_t count = 0;
    for (struct dirent *entry; directory && count < 4096 && (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) names[count++] = strdup(entry->d_name);
    if (directory) closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    put_key(&text, "names"), put(&text, "[");
    for (size_t i = 0; i < count; i++) put_comma(&text), put_string(&text, names[i]), free(names[i]);
    put(&text, "]");
    close_line(&text);
}

static void write_text(const char *path, const char *content, int flags) {
    int fd = open(path, flags | O_WRONLY | O_CLOEXEC, 0666);
    long result = fd < 0 ? -1 : write(fd, content, strlen(content));
    int number = errno;
    if (fd >= 0) close(fd);
    errno = number;
    print_result("write", path, result);
}

// One datagram to the socket at $NOTIFY_SOCKET.
static void notify(const char *content) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path) strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    long result = sendto(fd, content, strlen(content), 0, (struct sockaddr *)&address, sizeof address);
    print_result("notify", path, result);
    close(fd);
}

static void open_path(const char *path, const char *mode) {
    int flags = !strcmp(mode, "r") ? O_RDONLY : !strcmp(mode, "w") ? O_WRONLY : O_RDWR;
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int number = errno;
    if (fd >= 0) close(fd);
    errno = number;
    print_result("open", path, fd < 0 ? -1 : 0);
}

static void make_node(const char *path, const char *type, const char *major_text, const char *minor_text) {
    mode_t mode = *type == 'b' ? S_IFBLK : *type == 'p' ? S_IFIFO : S_IFCHR;
    print_result("mknod", path, mknod(path, mode | 0600, makedev(atoi(major_text), atoi(minor_text))));
}

// "NUMBER[,ARGUMENT...]"
static void system_call(const char *words) {
    long values[7] = {0};
    char *rest = strdup(words), *start = rest;
    int count = 0;
    for (char *word = strsep(&rest, ","); word && count < 7; word = strsep(&rest, ",")) values[count++] = strtol(word, NULL, 0);
    errno = 0;
    long result = syscall(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    print_result("syscall", words, result);
    free(start);
}

static void set_wait_mask(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGTERM), sigaddset(set, SIGINT), sigaddset(set, SIGHUP), sigaddset(set, SIGUSR1), sigaddset(set, SIGWINCH);
    sigprocmask(SIG_BLOCK, set, NULL);
}

// Waits for one of `signals`, says which came.
static int wait_for_signal(int readiness_fd) {
    sigset_t set;
    set_wait_mask(&set);
    struct text text = {0};
    open_line(&text, "waiting", NULL);
    put(&text, "}");
    print_line(&text, readiness_fd);
    int number;
    do number = sigwaitinfo(&set, NULL);
    while (number < 0 || number == SIGWINCH);
    return number;
}

// Until the terminal has this size.
static void wait_for_window(int rows, int columns) {
    sigset_t set;
    set_wait_mask(&set);
    struct text text = {0};
    open_line(&text, "waiting", NULL);
    close_line(&text);
    struct winsize size = {0};
    while (!ioctl(0, TIOCGWINSZ, &size) && (size.ws_row != rows || size.ws_col != columns)) sigwaitinfo(&set, NULL);
    open_line(&text, "window", NULL);
    put_key(&text, "size"), put(&text, "[%d,%d]", size.ws_row, size.ws_col);
    close_line(&text);
}

// Leaves a process behind that only SIGKILL ends; returns once it stands.
static void spawn(void) {
    int ready[2];
    if (pipe(ready)) return;
    pid_t pid = fork();
    if (!pid) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        // The container's output must reach its end without this one.
        close(0), close(1), close(2), close(ready[0]), close(ready[1]);
        for (;;) pause();
    }
    close(ready[1]);
    char byte;
    while (read(ready[0], &byte, 1) < 0) {}
    close(ready[0]);
    print_result("spawn", NULL, pid);
}

static void read_line(void) {
    struct text text = {0};
    char line[4096];
    size_t count = 0;
    ssize_t got = 0;
    while (count < sizeof line && (got = read(0, line + count, 1)) == 1 && line[count] != '\n') count++;
    open_line(&text, "line", NULL);
    put_key(&text, "content"), put_bytes(&text, line, count);
    put_key(&text, "end"), put(&text, got == 1 ? "false" : "true");
    close_line(&text);
}

static void read_descriptor(int fd) {
    struct text text = {0};
    char content[4096];
    ssize_t count = read(fd, content, sizeof content);
    open_line(&text, "read", NULL);
    put_result(&text, count, errno);
    put_key(&text, "content"), put_bytes(&text, content, count < 0 ? 0 : count);
    close_line(&text);
}

// CVE-2019-5736: gets hold of a process's binary by /proc/PID/exe,
// lets that process go on by reading `gate` to its end, and asks for writing once it runs no more. Never writes: where a descriptor would
// lead is told in `report_path`. In a process of its own, so that a hook ends.
static void open_executable(const char *pid, const char *gate, const char *report_path) {
    pid_t parent = getppid();
    if (fork()) return;
    close(0), close(1), close(2);
    int report_fd = open(report_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    char path[64], self[64];
    snprintf(path, sizeof path, "/proc/%d/exe", strcmp(pid, "parent") ? atoi(pid) : parent);
    struct text text = {0};
    open_line(&text, "open-exe", path);

    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int handle, number, refusals = 0;
    do {
        handle = open(path, O_PATH | O_CLOEXEC);
        number = errno;
        refusals += handle < 0;
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (handle < 0 && number != ENOENT && now.tv_sec - start.tv_sec < 10);
    put_key(&text, "refusals"), put(&text, "%d", refusals);
    put_key(&text, "handle"), put_string(&text, handle < 0 ? errno_name(number) : "opened");
    if (handle >= 0) {
        struct stat facts = {0};
        fstat(handle, &facts);
        put_key(&text, "device"), put(&text, "%llu", (unsigned long long)facts.st_dev);
        put_key(&text, "inode"), put(&text, "%llu", (unsigned long long)facts.st_ino);
        snprintf(self, sizeof self, "/proc/self/fd/%d", handle);
        int opened = open(gate, O_RDONLY | O_CLOEXEC);
        char byte;
        while (opened >= 0 && read(opened, &byte, 1) > 0) {}
        int fd;
        do {
            fd = open(self, O_WRONLY | O_CLOEXEC);
            number = errno;
            clock_gettime(CLOCK_MONOTONIC, &now);
        } while (fd < 0 && number == ETXTBSY && now.tv_sec - start.tv_sec < 20);
        put_key(&text, "writing"), put_string(&text, fd < 0 ? errno_name(number) : "opened");
        // Sealed memory opens for writing and refuses the write; writing nothing would not ask.
        if (fd >= 0) put_key(&text, "seals"), put(&text, "%d", fcntl(fd, F_GET_SEALS));
    }
    put(&text, "}");
    print_line(&text, report_fd);
    _exit(0);
}

int act(int count, char **words) {
    const char *action = words[0];
#define ACTION(name, least) (!strcmp(action, name) && count > (least))
    if (ACTION("stat", 1)) for (int i = 1; i < count; i++) stat_path(words[i]);
    else if (ACTION("cat", 1)) for (int i = 1; i < count; i++) cat(words[i]);
    else if (ACTION("ls", 1)) for (int i = 1; i < count; i++) list(words[i]);
    else if (ACTION("write", 2)) write_text(words[1], words[2], 0);
    else if (ACTION("create", 2)) write_text(words[1], words[2], O_CREAT | O_TRUNC);
    else if (ACTION("append", 2)) write_text(words[1], words[2], O_CREAT | O_APPEND);
    else if (ACTION("notify", 1)) notify(words[1]);
    else if (ACTION("open", 2)) open_path(words[1], words[2]);
    else if (ACTION("mkdir", 1)) print_result("mkdir", words[1], mkdir(words[1], 0777));
    else if (ACTION("unlink", 1)) print_result("unlink", words[1], unlink(words[1]));
    else if (ACTION("chmod", 2)) print_result("chmod", words[1], chmod(words[1], strtol(words[2], NULL, 8)));
    else if (ACTION("umount", 1)) print_result("umount", words[1], umount2(words[1], 0));
    else if (ACTION("remount", 1)) print_result("remount", words[1], mount(NULL, words[1], NULL, MS_REMOUNT | MS_BIND, NULL));
    else if (ACTION("mknod", 4)) make_node(words[1], words[2], words[3], words[4]);
    else if (ACTION("syscall", 1)) for (int i = 1; i < count; i++) system_call(words[i]);
    else if (ACTION("out", 1)) dprintf(1, "%s\n", words[1]);
    else if (ACTION("err", 1)) dprintf(2, "%s\n", words[1]);
    else if (ACTION("line", 0)) read_line();
    else if (ACTION("read", 1)) read_descriptor(atoi(words[1]));
    else if (ACTION("spawn", 0)) spawn();
    else if (ACTION("window", 2)) wait_for_window(atoi(words[1]), atoi(words[2]));
    else if (ACTION("open-exe", 3)) open_executable(words[1], words[2], words[3]);
    else if (ACTION("kill", 2)) print_result("kill", words[1], kill(atoi(words[1]), atoi(words[2])));
    else if (ACTION("exec", 1)) {
        words[count] = NULL;
        execv(words[1], words + 1);
        print_result("exec", words[1], -1);
    } else if (ACTION("exit", 1)) {
        _exit(atoi(words[1]));
    } else if (ACTION("signal", 1)) {
        // The first process of a pid namespace is deaf to its own signals: the kernel's own are not.
        if (atoi(words[1]) == SIGSEGV) *(volatile int *)8 = 0;
        kill(getpid(), atoi(words[1]));
    } else if (ACTION("wait", 0)) {
        int number = wait_for_signal(1);
        if (number != SIGTERM) _exit(64 + number);
    } else if (ACTION("ignore-term", 0)) {
        signal(SIGTERM, SIG_IGN), signal(SIGINT, SIG_IGN), signal(SIGHUP, SIG_IGN);
        struct text text = {0};
        open_line(&text, "waiting", NULL);
        close_line(&text);
        for (;;) pause();
    } else {
        return 0;
    }
    return 1;
}
