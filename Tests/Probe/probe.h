// What the probe's files share. The probe runs inside a bare root filesystem (linked statically) and reports; it asserts nothing.

#ifndef PROBE_H
#define PROBE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

// json.c: one JSON value at a time, written to a growing text.
struct text {
    char *bytes;
    size_t length, room;
};
void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void put_string(struct text *text, const char *string);            // NULL becomes null
void put_bytes(struct text *text, const char *bytes, size_t count);
void put_key(struct text *text, const char *key);                  // with a comma when one is needed
void put_comma(struct text *text);                                 // unless at the start of an array or object
// Prints the text and a newline with one write(2) where the kernel allows, and forgets it.
void print_line(struct text *text, int fd);
// The whole file, with a NUL behind it; NULL and errno when it cannot be read.
char *read_file(const char *path, size_t *length);
const char *errno_name(int number);
// Result of a call as members: "result" and, when it is negative, "errno".
void put_result(struct text *text, long result, int number);

// report.c
void report(struct text *text, int argc, char **argv);
void put_namespaces(struct text *text);
void put_descriptors(struct text *text);
void put_environment(struct text *text);

// actions.c: one subcommand and its arguments; returns whether it was known.
int act(int argc, char **argv);

// hook.c
int act_as_hook(int argc, char **argv);

// host.c: what the tests need done on the host by a process of one thread.
int host(int argc, char **argv);

// room.c
int room(char *cgroup);
int enter(char *cgroup, int pid, char **command);

#endif
