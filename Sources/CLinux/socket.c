#include "call.h"
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <net/if.h>
#include "clinux.h"

int clinux_socket(int domain, int type, int protocol) { return (int)CALL(SYS_socket, domain, type, protocol); }
int clinux_socketpair(int domain, int type, int protocol, int fds[2]) {
    return (int)CALL(SYS_socketpair, domain, type, protocol, fds);
}
static int address(const char *path, struct sockaddr_un *result) {
    size_t length = strlen(path);
    if (length >= sizeof result->sun_path) return -ENAMETOOLONG;
    memset(result, 0, sizeof *result);
    result->sun_family = AF_UNIX;
    memcpy(result->sun_path, path, length);
    return 0;
}
int clinux_connect_unix(int fd, const char *path) {
    struct sockaddr_un name;
    int status = address(path, &name);
    return status < 0 ? status : (int)CALL(SYS_connect, fd, &name, sizeof name);
}
int clinux_connect_abstract(int fd, const char *text) {
    struct sockaddr_un name;
    size_t length = strlen(text);
    if (length >= sizeof name.sun_path) return -ENAMETOOLONG;
    name.sun_family = AF_UNIX;
    name.sun_path[0] = 0;
    memcpy(name.sun_path + 1, text, length);
    return (int)CALL(SYS_connect, fd, &name, offsetof(struct sockaddr_un, sun_path) + 1 + length);
}
int clinux_bind_unix(int fd, const char *path) {
    struct sockaddr_un name;
    int status = address(path, &name);
    return status < 0 ? status : (int)CALL(SYS_bind, fd, &name, sizeof name);
}
int clinux_listen(int fd, int backlog) { return (int)CALL(SYS_listen, fd, backlog); }
int clinux_accept4(int fd, int flags) { return (int)CALL(SYS_accept4, fd, NULL, NULL, flags); }
int clinux_peer_credentials(int fd, struct clinux_ucred *result) {
    socklen_t size = sizeof *result;
    return (int)CALL(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, result, &size);
}
long clinux_send_fd(int socket, const void *bytes, size_t count, int fd) {
    struct iovec part = { .iov_base = (void *)bytes, .iov_len = count };
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    return CALL(SYS_sendmsg, socket, &message, MSG_NOSIGNAL);
}
long clinux_receive_fd(int socket, void *bytes, size_t count, int *fd) {
    struct iovec part = { .iov_base = bytes, .iov_len = count };
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
    // Not CMSG_SPACE, whose padding has room for a second descriptor that nobody would close.
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_LEN(sizeof(int)),
    };
    *fd = -1;
    long received = CALL(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
        && header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    return received;
}
int clinux_bind_netlink(int fd, uint32_t groups) {
    struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_groups = groups };
    return (int)CALL(SYS_bind, fd, &name, sizeof name);
}
int clinux_netlink_option(int fd, int option, int value) {
    return (int)CALL(SYS_setsockopt, fd, SOL_NETLINK, option, &value, sizeof value);
}
long clinux_receive_netlink(int fd, void *bytes, size_t count, uint32_t *port) {
    struct sockaddr_nl sender = { .nl_pid = 0 };
    socklen_t size = sizeof sender;
    long received = CALL(SYS_recvfrom, fd, bytes, count, MSG_TRUNC, &sender, &size);
    *port = sender.nl_pid;
    return received;
}
int clinux_tun_attach(int tun, const char *name, unsigned short flags) {
    struct ifreq request;
    size_t length = strlen(name);
    if (length >= sizeof request.ifr_name) return -ENAMETOOLONG;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, name, length);
    request.ifr_flags = (short)flags;
    return (int)CALL(SYS_ioctl, tun, TUNSETIFF, &request);
}
int clinux_address_text(const unsigned char *bytes, size_t count, char text[46]) {
    return inet_ntop(count == 4 ? AF_INET : AF_INET6, bytes, text, 46) ? 0 : -EINVAL;
}
int clinux_address_bytes(const char *text, unsigned char bytes[16]) {
    if (inet_pton(AF_INET, text, bytes) == 1) return 4;
    return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : -EINVAL;
}
int clinux_loopback_up(int socket) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return (int)CALL(SYS_ioctl, socket, SIOCSIFFLAGS, &request);
}
