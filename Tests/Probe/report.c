#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static void put_ids(struct text *text) {
    uid_t real, effective, saved;
    getresuid(&real, &effective, &saved);
    put_key(text, "uid");
    put(text, "[%u,%u,%u,%u]", real, effective, saved, setfsuid(-1));
    getresgid(&real, &effective, &saved);
    put_key(text, "gid");
    put(text, "[%u,%u,%u,%u]", real, effective, saved, setfsgid(-1));

    gid_t groups[1024];
    int count = getgroups(1024, groups);
    put_key(text, "groups");
    put(text, "[");
    for (int i = 0; i < count; i++) put_comma(text), put(text, "%u", groups[i]);
    put(text, "]");

    mode_t mask = umask(0);
    umask(mask);
    put_key(text, "umask");
    put(text, "%u", mask);
}

static void put_capabilities(struct text *text) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};
    syscall(SYS_capget, &header, data);
    uint64_t bounding = 0, ambient = 0;
    for (int i = 0; i < 64; i++) {
        if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) bounding |= 1ull << i;
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) ambient |= 1ull << i;
    }
    put_key(text, "caps");
    put(text, "{\"effective\":\"%016llx\",\"permitted\":\"%016llx\",\"inheritable\":\"%016llx\",",
        data[0].effective | (unsigned long long)data[1].effective << 32, data[0].permitted | (unsigned long long)data[1].permitted << 32,
        data[0].inheritable | (unsigned long long)data[1].inheritable << 32);
    put(text, "\"bounding\":\"%016llx\",\"ambient\":\"%016llx\"}", (unsigned long long)bounding, (unsigned long long)ambient);
    put_key(text, "noNewPrivs");
    put(text, "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    put_key(text, "securebits");
    put(text, "%d", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    put_key(text, "dumpable");
    put(text, "%d", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    put_key(text, "seccomp");
    put(text, "%d", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
}

static void put_limits(struct text *text) {
    static const char *const names[] = {"CPU",  "FSIZE",   "DATA", "STACK", "CORE",       "RSS",      "NPROC", "NOFILE",
                                        "MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"};
    put_key(text, "rlimits");
    put(text, "{");
    for (int i = 0; i < 16; i++) {
        struct rlimit limit = {0};
        getrlimit(i, &limit);
        put_comma(text);
        put(text, "\"RLIMIT_%s\":[%llu,%llu]", names[i], (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    }
    put(text, "}");
}

void put_namespaces(struct text *text) {
    static const char *const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    put_key(text, "namespaces");
    put(text, "{");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], target[128];
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        ssize_t length = readlink(path, target, sizeof target - 1);
        put_key(text, names[i]);
        if (length < 0) put(text, "null");
        else put_bytes(text, target, length);
    }
    put(text, "}");
}

void put_environment(struct text *text) {
    put_key(text, "env");
    put(text, "[");
    for (char **entry = environ; entry && *entry; entry++) put_comma(text), put_string(text, *entry);
    put(text, "]");
}

// By fcntl, so that it works without /proc too.
void put_descriptors(struct text *text) {
    put_key(text, "fds");
    put(text, "[");
    for (int fd = 0; fd < 4096; fd++) {
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0) continue;
        char path[64], target[4096];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(path, target, sizeof target);
        struct stat facts = {0};
        fstat(fd, &facts);
        put_comma(text);
        put(text, "{\"fd\":%d,\"flags\":%d,\"device\":%llu,\"inode\":%llu,\"target\":", fd, flags, (unsigned long long)facts.st_dev,
            (unsigned long long)facts.st_ino);
        if (length < 0) put(text, "null");
        else put_bytes(text, target, length);
        put(text, "}");
    }
    put(text, "]");
}

static void put_words(struct text *text, char *words, const char *separators) {
    put(text, "[");
    for (char *word = strtok(words, separators); word; word = strtok(NULL, separators)) put_comma(text), put_string(text, word);
    put(text, "]");
}

// mountinfo escapes blanks in names as \ooo.
static char *unescaped(char *name) {
    char *out = name;
    for (char *in = name; *in;) {
        if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3') {
            *out++ = (in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0');
            in += 4;
        } else {
            *out++ = *in++;
        }
    }
    *out = 0;
    return name;
}

static void put_mounts(struct text *text) {
    char *table = read_file("/proc/self/mountinfo", NULL);
    put_key(text, "mounts");
    if (!table) {
        put(text, "null");
        return;
    }
    put(text, "[");
    char *rest = table;
    for (char *line = strsep(&rest, "\n"); line && *line; line = strsep(&rest, "\n")) {
        char *dash = strstr(line, " - ");
        *dash = 0;
        char *tail = dash + 3;
        char *id = strsep(&line, " "), *parent = strsep(&line, " ");
        strsep(&line, " ");
        char *root = strsep(&line, " "), *point = strsep(&line, " "), *options = strsep(&line, " ");
        char *type = strsep(&tail, " "), *source = strsep(&tail, " ");
        put_comma(text);
        put(text, "{\"id\":%s,\"parent\":%s", id, parent);
        put_key(text, "root"), put_string(text, unescaped(root));
        put_key(text, "point"), put_string(text, unescaped(point));
        put_key(text, "options"), put_words(text, options, ",");
        put_key(text, "optional");
        if (line) put_words(text, line, " ");
        else put(text, "[]");
        put_key(text, "type"), put_string(text, type);
        put_key(text, "source"), put_string(text, unescaped(source));
        put_key(text, "super"), put_words(text, tail, ",");
        put(text, "}");
    }
    put(text, "]");
    free(table);
}

static void put_names(struct text *text) {
    struct utsname names;
    uname(&names);
    put_key(text, "hostname"), put_string(text, names.nodename);
    put_key(text, "domainname"), put_string(text, names.domainname);
    char *directory = getcwd(NULL, 0);
    put_key(text, "cwd"), put_string(text, directory);
    free(directory);
}

static void put_session(struct text *text) {
    put_key(text, "pid"), put(text, "%d", getpid());
    put_key(text, "ppid"), put(text, "%d", getppid());
    put_key(text, "sid"), put(text, "%d", getsid(0));
    put_key(text, "pgid"), put(text, "%d", getpgid(0));
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    put_key(text, "controllingTerminal"), put(text, terminal >= 0 ? "true" : "false");
    if (terminal >= 0) close(terminal);
    put_key(text, "terminals"), put(text, "[%s,%s,%s]", isatty(0) ? "true" : "false", isatty(1) ? "true" : "false", isatty(2) ? "true" : "false");
    struct winsize size;
    put_key(text, "windowSize");
    if (ioctl(0, TIOCGWINSZ, &size)) put(text, "null");
    else put(text, "[%d,%d]", size.ws_row, size.ws_col);
}

// Lines of a file, or null.
static void put_lines(struct text *text, const char *key, const char *path) {
    char *content = read_file(path, NULL);
    put_key(text, key);
    if (content) put_words(text, content, "\n");
    else put(text, "null");
    free(content);
}

static void put_file_text(struct text *text, const char *key, const char *path) {
    size_t length = 0;
    char *content = read_file(path, &length);
    put_key(text, key);
    if (content) put_bytes(text, content, length && content[length - 1] == '\n' ? length - 1 : length);
    else put(text, "null");
    free(content);
}

static void put_link(struct text *text, const char *key, const char *path) {
    char target[4096];
    ssize_t length = readlink(path, target, sizeof target);
    put_key(text, key);
    if (length < 0) put(text, "null");
    else put_bytes(text, target, length);
}

static void put_keyring(struct text *text) {
    char name[256] = "";
    long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, name, sizeof name, 0);
    put_key(text, "keyring");
    if (length < 0) put_string(text, NULL);
    else put_string(text, name);
}

static void put_interfaces(struct text *text) {
    put_key(text, "interfaces");
    put(text, "{");
    struct if_nameindex *all = if_nameindex();
    int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (struct if_nameindex *one = all; one && one->if_index; one++) {
        struct ifreq request = {0};
        strncpy(request.ifr_name, one->if_name, IFNAMSIZ - 1);
        int failed = ioctl(socket_fd, SIOCGIFFLAGS, &request);
        put_key(text, one->if_name);
        put(text, !failed && request.ifr_flags & IFF_UP ? "\"up\"" : "\"down\"");
    }
    if (socket_fd >= 0) close(socket_fd);
    if (all) if_freenameindex(all);
    put(text, "}");
}

static void put_signals(struct text *text) {
    char *status = read_file("/proc/self/status", NULL);
    static const char *const names[] = {"SigBlk", "SigIgn"};
    for (int i = 0; i < 2; i++) {
        char *line = status ? strstr(status, names[i]) : NULL;
        put_key(text, i ? "ignoredSignals" : "blockedSignals");
        if (line) put_bytes(text, line + 8, 16);
        else put(text, "null");
    }
    free(status);
}

void report(struct text *text, int argc, char **argv) {
    put(text, "{");
    put_descriptors(text);
    put_ids(text);
    put_capabilities(text);
    put_limits(text);
    put_namespaces(text);
    put_key(text, "argv"), put(text, "[");
    for (int i = 0; i < argc; i++) put_comma(text), put_string(text, argv[i]);
    put(text, "]");
    put_environment(text);
    put_mounts(text);
    put_names(text);
    put_session(text);
    put_file_text(text, "oomScoreAdj", "/proc/self/oom_score_adj");
    put_lines(text, "cgroup", "/proc/self/cgroup");
    put_lines(text, "uidMap", "/proc/self/uid_map");
    put_lines(text, "gidMap", "/proc/self/gid_map");
    put_file_text(text, "setgroups", "/proc/self/setgroups");
    put_file_text(text, "comm", "/proc/self/comm");
    put_link(text, "exe", "/proc/self/exe");
    put_key(text, "personality"), put(text, "%d", personality(0xffffffff));
    put_keyring(text);
    put_interfaces(text);
    put_signals(text);
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    sched_getaffinity(0, sizeof cpus, &cpus);
    put_key(text, "cpus"), put(text, "%d", CPU_COUNT(&cpus));
    put(text, "}");
}
