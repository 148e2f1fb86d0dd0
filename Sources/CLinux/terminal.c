#include "call.h"
#include "clinux.h"

#define CLINUX_IOCTL(fd, request, argument) ((int)CALL(SYS_ioctl, fd, request, argument))

int clinux_tty_get_size(int fd, struct clinux_winsize *size) { return CLINUX_IOCTL(fd, TIOCGWINSZ, size); }
int clinux_tty_set_size(int fd, const struct clinux_winsize *size) { return CLINUX_IOCTL(fd, TIOCSWINSZ, size); }
int clinux_readable(int fd, int *count) { return (int)CALL(SYS_ioctl, fd, FIONREAD, count); }
int clinux_tty_set_controlling(int fd) { return CLINUX_IOCTL(fd, TIOCSCTTY, 0); }
int clinux_tty_open_peer(int master, int flags) { return CLINUX_IOCTL(master, TIOCGPTPEER, flags); }
int clinux_tty_unlock(int master) {
    int unlock = 0;
    return CLINUX_IOCTL(master, TIOCSPTLCK, &unlock);
}
int clinux_tty_get_attributes(int fd, struct termios2 *attributes) { return CLINUX_IOCTL(fd, TCGETS2, attributes); }
int clinux_tty_set_attributes(int fd, const struct termios2 *attributes) { return CLINUX_IOCTL(fd, TCSETS2, attributes); }
int clinux_namespace_type(int fd) { return CLINUX_IOCTL(fd, NS_GET_NSTYPE, 0); }
int clinux_namespace_owner(int fd, uint32_t *uid) { return CLINUX_IOCTL(fd, NS_GET_OWNER_UID, uid); }
