#include "call.h"
#include "clinux.h"

int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data) {
    return (int)CALL(SYS_mount, source, target, type, flags, data);
}
int clinux_umount2(const char *target, int flags) { return (int)CALL(SYS_umount2, target, flags); }
int clinux_pivot_root(const char *new_root, const char *put_old) { return (int)CALL(SYS_pivot_root, new_root, put_old); }
int clinux_chroot(const char *path) { return (int)CALL(SYS_chroot, path); }
int clinux_open_tree(int directory, const char *path, unsigned flags) {
    return (int)CALL(SYS_open_tree, directory, path, flags);
}
int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
    return (int)CALL(SYS_move_mount, from, from_path, to, to_path, flags);
}
int clinux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear,
                         uint64_t propagation, int userns_fd) {
    struct mount_attr attributes = {
        .attr_set = set, .attr_clr = clear, .propagation = propagation,
        .userns_fd = userns_fd < 0 ? 0 : (uint64_t)userns_fd,
    };
    return (int)CALL(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}
int clinux_fsopen(const char *type, unsigned flags) { return (int)CALL(SYS_fsopen, type, flags); }
int clinux_fsconfig(int fd, unsigned command, const char *key, const char *value, int aux) {
    return (int)CALL(SYS_fsconfig, fd, command, key, value, aux);
}
int clinux_fsmount(int fd, unsigned flags, unsigned attributes) {
    return (int)CALL(SYS_fsmount, fd, flags, attributes);
}
