#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void reserve(struct text *text, size_t more) {
    if (text->length + more + 1 <= text->room) return;
    text->room = (text->length + more + 1) * 2;
    text->bytes = realloc(text->bytes, text->room);
    if (!text->bytes) abort();
}

void put(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    reserve(text, length);
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, length + 1, format, arguments);
    va_end(arguments);
    text->length += length;
}

// A byte outside ASCII is written as the code point of the same number: the host sees every byte.
void put_bytes(struct text *text, const char *bytes, size_t count) {
    put(text, "\"");
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = bytes[i];
        if (byte == '"' || byte == '\\') put(text, "\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7f) put(text, "\\u%04x", byte);
        else put(text, "%c", byte);
    }
    put(text, "\"");
}

void put_string(struct text *text, const char *string) {
    if (string) put_bytes(text, string, strlen(string));
    else put(text, "null");
}

void put_comma(struct text *text) {
    if (text->length && text->bytes[text->length - 1] != '{' && text->bytes[text->length - 1] != '[') put(text, ",");
}

void put_key(struct text *text, const char *key) {
    put_comma(text);
    put_string(text, key);
    put(text, ":");
}

void put_result(struct text *text, long result, int number) {
    put_key(text, "result");
    put(text, "%ld", result);
    if (result >= 0) return;
    put_key(text, "errno");
    put_string(text, errno_name(number));
}

void print_line(struct text *text, int fd) {
    put(text, "\n");
    size_t done = 0;
    while (done < text->length) {
        ssize_t count = write(fd, text->bytes + done, text->length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += count;
    }
    free(text->bytes);
    *text = (struct text){0};
}

char *read_file(const char *path, size_t *length) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    size_t room = 4096, count = 0;
    char *bytes = malloc(room + 1);
    ssize_t got;
    while ((got = read(fd, bytes + count, room - count)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            int number = errno;
            close(fd);
            free(bytes);
            errno = number;
            return NULL;
        }
        count += got;
        if (count == room) bytes = realloc(bytes, (room *= 2) + 1);
    }
    close(fd);
    bytes[count] = 0;
    if (length) *length = count;
    return bytes;
}

const char *errno_name(int number) {
    const char *name = strerrorname_np(number);
    return name ? name : "unknown";
}
