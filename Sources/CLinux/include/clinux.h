// System calls Swift cannot make, and the kernel's constants.
//
// Only UAPI headers are included, which libc does not own: every constant arrives through `import CLinux` alone.
// Each function makes one system call and returns its result, or -errno taken in the same expression.

#ifndef CLINUX_H
#define CLINUX_H

#include <asm/errno.h>
#include <asm/unistd.h>
#include <asm/ioctls.h>
#include <asm/resource.h>
#include <asm/termbits.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mempolicy.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <linux/signalfd.h>
#include <linux/stat.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/time_types.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <stddef.h>
#include <stdint.h>

// Constants that the UAPI headers of Debian 12 lack or that are macros Swift cannot import.
enum {
    CLINUX_O_PATH = O_PATH,
    CLINUX_SOCK_CLOEXEC = O_CLOEXEC,
    CLINUX_SOCK_NONBLOCK = O_NONBLOCK,
    CLINUX_AF_UNIX = 1,
    CLINUX_AF_INET = 2,
    CLINUX_AF_INET6 = 10,
    CLINUX_AF_NETLINK = 16,
    CLINUX_IFF_UP = 1,
    CLINUX_IFF_LOOPBACK = 8,
    CLINUX_ARPHRD_ETHER = 1,
    CLINUX_ETH_P_ALL = 3,
    CLINUX_SOCK_RAW = 3,
    CLINUX_NETLINK_KOBJECT_UEVENT = 15,
    CLINUX_MODULE_INIT_COMPRESSED_FILE = 4,
    CLINUX_SOCK_STREAM = 1,
    CLINUX_SOCK_DGRAM = 2,
    CLINUX_SOCK_SEQPACKET = 5,
    CLINUX_MSG_NOSIGNAL = 0x4000,
    CLINUX_MSG_CMSG_CLOEXEC = 0x40000000,
    CLINUX_MSG_DONTWAIT = 0x40,
    CLINUX_MNT_DETACH = 2,
    CLINUX_UMOUNT_NOFOLLOW = 8,
    CLINUX_LOCK_SH = 1,
    CLINUX_LOCK_EX = 2,
    CLINUX_LOCK_NB = 4,
    CLINUX_LOCK_UN = 8,
    CLINUX_ST_RDONLY = 1,
    CLINUX_F_OK = 0,
    CLINUX_X_OK = 1,
    CLINUX_W_OK = 2,
    CLINUX_R_OK = 4,
    CLINUX_SCHED_ISO = 4,
    CLINUX_EPOLLIN = 1,
    CLINUX_CLD_EXITED = 1,
    CLINUX_CLD_KILLED = 2,
    CLINUX_CLD_DUMPED = 3,
    CLINUX_MFD_EXEC = 0x10,
    CLINUX_F_ADD_SEALS = F_ADD_SEALS,
    CLINUX_F_GET_SEALS = F_GET_SEALS,
};
// Flags of mount(2) as one width; <linux/mount.h> declares some with 1<<31 or unsigned suffixes.
#define CLINUX_MS(name) static const uint64_t clinux_##name = (uint32_t)(name)
CLINUX_MS(MS_RDONLY); CLINUX_MS(MS_NOSUID); CLINUX_MS(MS_NODEV); CLINUX_MS(MS_NOEXEC);
CLINUX_MS(MS_SYNCHRONOUS); CLINUX_MS(MS_REMOUNT); CLINUX_MS(MS_MANDLOCK); CLINUX_MS(MS_DIRSYNC);
CLINUX_MS(MS_NOSYMFOLLOW); CLINUX_MS(MS_NOATIME); CLINUX_MS(MS_NODIRATIME); CLINUX_MS(MS_BIND);
CLINUX_MS(MS_MOVE); CLINUX_MS(MS_REC); CLINUX_MS(MS_SILENT); CLINUX_MS(MS_UNBINDABLE);
CLINUX_MS(MS_PRIVATE); CLINUX_MS(MS_SLAVE); CLINUX_MS(MS_SHARED); CLINUX_MS(MS_RELATIME);
CLINUX_MS(MS_I_VERSION); CLINUX_MS(MS_STRICTATIME); CLINUX_MS(MS_LAZYTIME);

struct clinux_stat {
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t nlink;
    uint64_t inode;
    uint64_t device;    // the filesystem's, as makedev
    uint64_t rdev;      // the device node's own, as makedev
    uint64_t size;
    uint64_t mount;     // mount id (STATX_MNT_ID)
    uint32_t isMountRoot;
};

// <asm/signal.h> and <linux/resource.h> clash with libc; these are their numbers on x86_64 and aarch64.
enum {
    CLINUX_SIGHUP = 1, CLINUX_SIGINT = 2, CLINUX_SIGQUIT = 3, CLINUX_SIGABRT = 6, CLINUX_SIGKILL = 9, CLINUX_SIGPIPE = 13,
    CLINUX_SIGTERM = 15, CLINUX_SIGCHLD = 17, CLINUX_SIGCONT = 18, CLINUX_SIGSTOP = 19, CLINUX_SIGTTOU = 22,
    CLINUX_SIGURG = 23, CLINUX_SIGWINCH = 28, CLINUX_SIG_BLOCK = 0, CLINUX_SIG_SETMASK = 2,
};
struct clinux_rlimit { uint64_t soft, hard; };
struct clinux_ucred { int32_t pid; uint32_t uid; uint32_t gid; };
struct clinux_winsize { uint16_t rows, columns, xpixel, ypixel; };

// mount.c
int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int clinux_umount2(const char *target, int flags);
int clinux_pivot_root(const char *new_root, const char *put_old);
int clinux_chroot(const char *path);
int clinux_open_tree(int directory, const char *path, unsigned flags);
int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int clinux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear,
                         uint64_t propagation, int userns_fd);
int clinux_fsopen(const char *type, unsigned flags);
int clinux_fsconfig(int fd, unsigned command, const char *key, const char *value, int aux);
int clinux_fsmount(int fd, unsigned flags, unsigned attributes);

// file.c
int clinux_open(const char *path, int flags, unsigned mode);
int clinux_openat(int directory, const char *path, int flags, unsigned mode);
int clinux_openat2(int directory, const char *path, const struct open_how *how);
int clinux_close(int fd);
int clinux_close_range(unsigned first, unsigned last, unsigned flags);
long clinux_read(int fd, void *buffer, size_t count);
long clinux_write(int fd, const void *buffer, size_t count);
long clinux_pread(int fd, void *buffer, size_t count, long offset);
long clinux_pwrite(int fd, const void *buffer, size_t count, long offset);
int clinux_lseek(int fd, long offset, int whence);
int clinux_dup(int fd);
int clinux_dup3(int old, int new_fd, int flags);
int clinux_fcntl(int fd, int command, long argument);
int clinux_fsync(int fd);
int clinux_ftruncate(int fd, long length);
// The address, where the kernel chooses.
long clinux_mmap(size_t length, int protection, int flags, int fd);
int clinux_munmap(void *address, size_t length);
int clinux_flock(int fd, int operation);
int clinux_stat(int directory, const char *path, int flags, struct clinux_stat *result);
int clinux_fstatfs(int fd, uint64_t *type, uint64_t *flags);
int clinux_mkdirat(int directory, const char *path, unsigned mode);
int clinux_mknodat(int directory, const char *path, unsigned mode, uint32_t major, uint32_t minor);
int clinux_symlinkat(const char *target, int directory, const char *path);
int clinux_linkat(int from, const char *from_path, int to, const char *to_path, int flags);
int clinux_unlinkat(int directory, const char *path, int flags);
int clinux_renameat2(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int clinux_readlinkat(int directory, const char *path, char *buffer, size_t size);
int clinux_fchownat(int directory, const char *path, uint32_t uid, uint32_t gid, int flags);
int clinux_fchmod(int fd, unsigned mode);
int clinux_fchmodat(int directory, const char *path, unsigned mode);
int clinux_faccessat2(int directory, const char *path, int mode, int flags);
int clinux_chdir(const char *path);
int clinux_fchdir(int fd);
int clinux_getcwd(char *buffer, size_t size);
int clinux_getdents64(int fd, void *buffer, size_t size);
int clinux_memfd_create(const char *name, unsigned flags);
long clinux_sendfile(int out, int in, size_t count);
long clinux_copy_file_range(int in, int out, size_t count);
int clinux_utimensat_copy(int directory, const char *path, int from_directory, const char *from_path);
int clinux_inotify_init1(int flags);
int clinux_inotify_add_watch(int fd, const char *path, uint32_t mask);
int clinux_getxattr(const char *path, const char *name, void *value, size_t size);
int clinux_setxattr(const char *path, const char *name, const void *value, size_t size, int flags);
int clinux_listxattr(const char *path, char *list, size_t size);
int clinux_pipe2(int fds[2], int flags);

// process.c
// Returns the child's pid, 0 in the child. `pidfd` and `cgroup` may be -1/NULL. Never pass CLONE_VM.
int clinux_clone3(uint64_t flags, int exit_signal, int *pidfd, int cgroup);
// clone(2) with a pidfd and nothing shared, for where a filter knows no clone3.
int clinux_fork(int exit_signal, int *pidfd);
int clinux_execve(const char *path, const char *const argv[], const char *const envp[]);
int clinux_execveat(int directory, const char *path, const char *const argv[], const char *const envp[], int flags);
_Noreturn void clinux_exit(int status);
int clinux_getpid(void);
int clinux_getppid(void);
int clinux_kill(int pid, int signal);
int clinux_pidfd_open(int pid, unsigned flags);
int clinux_pidfd_send_signal(int pidfd, int signal);
int clinux_pidfd_getfd(int pidfd, int fd);
// How a child ended: code is CLD_EXITED, CLD_KILLED or CLD_DUMPED; status its exit code or signal.
struct clinux_exit { int code; int status; int pid; };
// P_PIDFD when pidfd >= 0, P_ALL when pid < 0 too, else P_PID; options as waitid(2) without WEXITED, which is always added.
int clinux_waitid(int pidfd, int pid, int options, struct clinux_exit *result);
int clinux_unshare(int flags);
int clinux_setns(int fd, int type);
int clinux_setsid(void);
int clinux_getpgid(int pid);
int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int clinux_prlimit(int pid, int resource, const struct clinux_rlimit *new_limit, struct clinux_rlimit *old_limit);
// Masks are 64 bits; signal n is bit n-1.
int clinux_sigprocmask(int how, const uint64_t *set, uint64_t *old);
int clinux_signal_default(int signal);
int clinux_signal_ignore(int signal);
int clinux_signalfd(uint64_t mask, int flags);
int clinux_timerfd_create(int clock, int flags);
int clinux_umask(unsigned mask);
int clinux_personality(unsigned long domain);
int clinux_sched_setattr(int pid, const void *attributes);
int clinux_sched_setaffinity(int pid, size_t size, const void *mask);
int clinux_sched_getaffinity(int pid, size_t size, void *mask);
int clinux_ioprio_set(int which, int who, int value);
int clinux_set_mempolicy(int mode, const unsigned long *nodes, unsigned long count);
int clinux_ppoll(struct pollfd *fds, unsigned count, const struct __kernel_timespec *timeout, const uint64_t *mask);
int64_t clinux_clock_monotonic(void);   // nanoseconds
int clinux_clock_realtime(int64_t *seconds, int64_t *nanoseconds);
int clinux_clock_set_realtime(int64_t seconds, int64_t nanoseconds);
int clinux_finit_module(int fd, const char *parameters, int flags);
// `command` is one of <linux/reboot.h>.
int clinux_reboot(unsigned command);
int clinux_uname(char *release, size_t size, char *machine, size_t machine_size);
int clinux_bpf(int command, union bpf_attr *attributes, unsigned size);
int clinux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int clinux_sethostname(const char *name, size_t length);
int clinux_setdomainname(const char *name, size_t length);
int clinux_seccomp(unsigned operation, unsigned flags, const void *argument);
// Loads `length` instructions of classic BPF; with NEW_LISTENER among the flags returns the listener.
int clinux_seccomp_load(unsigned flags, const void *program, unsigned short length);
int clinux_sync(void);
// The process's own, NULL at its end; not a system call.
const char *const *clinux_environ(void);

// identity.c
uint32_t clinux_getuid(void);
uint32_t clinux_geteuid(void);
uint32_t clinux_getgid(void);
uint32_t clinux_getegid(void);
int clinux_setresuid(uint32_t real, uint32_t effective, uint32_t saved);
int clinux_setresgid(uint32_t real, uint32_t effective, uint32_t saved);
int clinux_setgroups(size_t count, const uint32_t *groups);
int clinux_getgroups(int count, uint32_t *groups);
struct clinux_capabilities { uint64_t effective, permitted, inheritable; };
int clinux_capset(const struct clinux_capabilities *sets);
int clinux_capget(int pid, struct clinux_capabilities *sets);

// socket.c
int clinux_socket(int domain, int type, int protocol);
int clinux_socketpair(int domain, int type, int protocol, int fds[2]);
int clinux_connect_unix(int fd, const char *path);
// `text` without the NUL that it begins with in the address, see unix(7).
int clinux_connect_abstract(int fd, const char *text);
int clinux_bind_unix(int fd, const char *path);
int clinux_listen(int fd, int backlog);
int clinux_accept4(int fd, int flags);
int clinux_peer_credentials(int fd, struct clinux_ucred *result);
// Sends `count` bytes with up to one descriptor (fd < 0: none).
long clinux_send_fd(int socket, const void *bytes, size_t count, int fd);
// Receives up to `count` bytes; *fd is the one descriptor that came along, close-on-exec, or -1.
long clinux_receive_fd(int socket, void *bytes, size_t count, int *fd);
int clinux_bind_netlink(int fd, uint32_t groups);
// An option of the level SOL_NETLINK.
int clinux_netlink_option(int fd, int option, int value);
// One datagram of up to `count` bytes; the result is its whole length, *port the sender's, 0 for the kernel.
long clinux_receive_netlink(int fd, void *bytes, size_t count, uint32_t *port);
// Makes `tun`, an open /dev/net/tun, the interface `name`; `flags` as in <linux/if_tun.h>.
int clinux_tun_attach(int tun, const char *name, unsigned short flags);
// An address of 4 or 16 bytes as text of up to 46 bytes, and back: the number of bytes, or -EINVAL. Not system calls.
int clinux_address_text(const unsigned char *bytes, size_t count, char text[46]);
int clinux_address_bytes(const char *text, unsigned char bytes[16]);
int clinux_loopback_up(int socket);

// terminal.c
int clinux_tty_get_size(int fd, struct clinux_winsize *size);
int clinux_tty_set_size(int fd, const struct clinux_winsize *size);
// How many bytes can be read from a pipe, socket or terminal at once.
int clinux_readable(int fd, int *count);
int clinux_tty_set_controlling(int fd);
int clinux_tty_open_peer(int master, int flags);
int clinux_tty_unlock(int master);
int clinux_tty_get_attributes(int fd, struct termios2 *attributes);
int clinux_tty_set_attributes(int fd, const struct termios2 *attributes);
int clinux_namespace_type(int fd);
int clinux_namespace_owner(int fd, uint32_t *uid);

// bpf.c
// The descriptor of a loaded program; `instructions` are struct bpf_insn, 8 bytes each.
int clinux_bpf_load(unsigned type, const void *instructions, unsigned count, const char *license);
// `replaced`: the attached program whose place it takes, or -1.
int clinux_bpf_attach(int cgroup, unsigned type, int program, unsigned flags, int replaced);
int clinux_bpf_detach(int cgroup, unsigned type, int program);
// How many programs are attached to the cgroup itself; their ids, up to `count`.
int clinux_bpf_query(int cgroup, unsigned type, uint32_t *ids, unsigned count);
// A descriptor of the program with this id.
int clinux_bpf_program(uint32_t id);

#endif
