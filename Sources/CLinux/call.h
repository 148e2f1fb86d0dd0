// The one way a C function here reports failure.
#ifndef CLINUX_CALL_H
#define CLINUX_CALL_H
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#define CALL(...) ({ long result_ = syscall(__VA_ARGS__); result_ < 0 ? -errno : result_; })
#endif
