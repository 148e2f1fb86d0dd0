// The container's process of the tests. `probe host ...` is its other half, for the host's side.
//
// Subcommands are chained by `--`: `probe report -- stat /dev/null -- exit 3`. Each prints one line of JSON.

#define _GNU_SOURCE
#include "probe.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "host")) return host(argc - 2, argv + 2);
    for (int first = 1; first < argc;) {
        int last = first;
        while (last < argc && strcmp(argv[last], "--")) last++;
        int count = last - first;
        if (count && !strcmp(argv[first], "report")) {
            struct text text = {0};
            report(&text, argc, argv);
            print_line(&text, 1);
        } else if (count && !act(count, argv + first) && !act_as_hook(count, argv + first)) {
            fprintf(stderr, "probe: unknown subcommand %s\n", argv[first]);
            return 125;
        }
        first = last + 1;
    }
    return 0;
}
