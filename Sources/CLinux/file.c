#include "call.h"
#include "clinux.h"
#include <sys/statfs.h>
#include <sys/sysmacros.h>

int clinux_open(const char *path, int flags, unsigned mode) { return clinux_openat(AT_FDCWD, path, flags, mode); }
int clinux_openat(int directory, const char *path, int flags, unsigned mode) {
    return (int)CALL(SYS_openat, directory, path, flags, mode);
}
int clinux_openat2(int directory, const char *path, const struct open_how *how) {
    return (int)CALL(SYS_openat2, directory, path, how, sizeof *how);
}
int clinux_close(int fd) { return (int)CALL(SYS_close, fd); }
int clinux_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)CALL(SYS_close_range, first, last, flags);
}
long clinux_read(int fd, void *buffer, size_t count) { return CALL(SYS_read, fd, buffer, count); }
long clinux_write(int fd, const void *buffer, size_t count) { return CALL(SYS_write, fd, buffer, count); }
long clinux_pread(int fd, void *buffer, size_t count, long offset) { return CALL(SYS_pread64, fd, buffer, count, offset); }
long clinux_pwrite(int fd, const void *buffer, size_t count, long offset) {
    return CALL(SYS_pwrite64, fd, buffer, count, offset);
}
int clinux_lseek(int fd, long offset, int whence) { return (int)CALL(SYS_lseek, fd, offset, whence); }
int clinux_dup(int fd) { return (int)CALL(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3); }
int clinux_dup3(int old, int new_fd, int flags) { return (int)CALL(SYS_dup3, old, new_fd, flags); }
int clinux_fcntl(int fd, int command, long argument) { return (int)CALL(SYS_fcntl, fd, command, argument); }
int clinux_fsync(int fd) { return (int)CALL(SYS_fsync, fd); }
int clinux_ftruncate(int fd, long length) { return (int)CALL(SYS_ftruncate, fd, length); }
long clinux_mmap(size_t length, int protection, int flags, int fd) {
    return CALL(SYS_mmap, 0L, length, protection, flags, fd, 0L);
}
int clinux_munmap(void *address, size_t length) { return (int)CALL(SYS_munmap, address, length); }
int clinux_flock(int fd, int operation) { return (int)CALL(SYS_flock, fd, operation); }
int clinux_stat(int directory, const char *path, int flags, struct clinux_stat *result) {
    struct statx x;
    unsigned mask = STATX_BASIC_STATS | STATX_MNT_ID;
    int status = (int)CALL(SYS_statx, directory, path, flags, mask, &x);
    if (status < 0) return status;
    *result = (struct clinux_stat){
        .mode = x.stx_mode, .uid = x.stx_uid, .gid = x.stx_gid, .nlink = x.stx_nlink, .inode = x.stx_ino,
        .device = makedev(x.stx_dev_major, x.stx_dev_minor), .rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
        .size = x.stx_size, .mount = x.stx_mnt_id,
        .isMountRoot = (x.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0,
    };
    return 0;
}
int clinux_fstatfs(int fd, uint64_t *type, uint64_t *flags) {
    struct statfs s;
    int status = (int)CALL(SYS_fstatfs, fd, &s);
    if (status < 0) return status;
    *type = (uint64_t)s.f_type;
    *flags = (uint64_t)s.f_flags;
    return 0;
}
int clinux_mkdirat(int directory, const char *path, unsigned mode) { return (int)CALL(SYS_mkdirat, directory, path, mode); }
int clinux_mknodat(int directory, const char *path, unsigned mode, uint32_t major, uint32_t minor) {
    return (int)CALL(SYS_mknodat, directory, path, mode, (unsigned)makedev(major, minor));
}
int clinux_symlinkat(const char *target, int directory, const char *path) {
    return (int)CALL(SYS_symlinkat, target, directory, path);
}
int clinux_linkat(int from, const char *from_path, int to, const char *to_path, int flags) {
    return (int)CALL(SYS_linkat, from, from_path, to, to_path, flags);
}
int clinux_unlinkat(int directory, const char *path, int flags) { return (int)CALL(SYS_unlinkat, directory, path, flags); }
int clinux_renameat2(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
    return (int)CALL(SYS_renameat2, from, from_path, to, to_path, flags);
}
int clinux_readlinkat(int directory, const char *path, char *buffer, size_t size) {
    return (int)CALL(SYS_readlinkat, directory, path, buffer, size);
}
int clinux_fchownat(int directory, const char *path, uint32_t uid, uint32_t gid, int flags) {
    return (int)CALL(SYS_fchownat, directory, path, uid, gid, flags);
}
int clinux_fchmod(int fd, unsigned mode) { return (int)CALL(SYS_fchmod, fd, mode); }
int clinux_fchmodat(int directory, const char *path, unsigned mode) {
    return (int)CALL(SYS_fchmodat, directory, path, mode);
}
int clinux_faccessat2(int directory, const char *path, int mode, int flags) {
    return (int)CALL(SYS_faccessat2, directory, path, mode, flags);
}
int clinux_chdir(const char *path) { return (int)CALL(SYS_chdir, path); }
int clinux_fchdir(int fd) { return (int)CALL(SYS_fchdir, fd); }
int clinux_getcwd(char *buffer, size_t size) { return (int)CALL(SYS_getcwd, buffer, size); }
int clinux_getdents64(int fd, void *buffer, size_t size) { return (int)CALL(SYS_getdents64, fd, buffer, size); }
int clinux_memfd_create(const char *name, unsigned flags) { return (int)CALL(SYS_memfd_create, name, flags); }
long clinux_sendfile(int out, int in, size_t count) { return CALL(SYS_sendfile, out, in, NULL, count); }
long clinux_copy_file_range(int in, int out, size_t count) {
    return CALL(SYS_copy_file_range, in, NULL, out, NULL, count, 0);
}
int clinux_utimensat_copy(int directory, const char *path, int from_directory, const char *from_path) {
    struct statx x;
    int status = (int)CALL(SYS_statx, from_directory, from_path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &x);
    if (status < 0) return status;
    struct __kernel_timespec times[2] = {
        { .tv_sec = x.stx_atime.tv_sec, .tv_nsec = x.stx_atime.tv_nsec },
        { .tv_sec = x.stx_mtime.tv_sec, .tv_nsec = x.stx_mtime.tv_nsec },
    };
    return (int)CALL(SYS_utimensat, directory, path, times, AT_SYMLINK_NOFOLLOW);
}
int clinux_inotify_init1(int flags) { return (int)CALL(SYS_inotify_init1, flags); }
int clinux_inotify_add_watch(int fd, const char *path, uint32_t mask) {
    return (int)CALL(SYS_inotify_add_watch, fd, path, mask);
}
int clinux_getxattr(const char *path, const char *name, void *value, size_t size) {
    return (int)CALL(SYS_lgetxattr, path, name, value, size);
}
int clinux_setxattr(const char *path, const char *name, const void *value, size_t size, int flags) {
    return (int)CALL(SYS_lsetxattr, path, name, value, size, flags);
}
int clinux_listxattr(const char *path, char *list, size_t size) { return (int)CALL(SYS_llistxattr, path, list, size); }
int clinux_pipe2(int fds[2], int flags) { return (int)CALL(SYS_pipe2, fds, flags); }
