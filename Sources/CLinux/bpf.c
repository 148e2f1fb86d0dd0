#include "call.h"
#include <string.h>
#include "clinux.h"

// Whole and zeroed, larger than any kernel's: 6.17 to 7.1 write results beyond a shorter one. Older kernels take zeros past
// the end of theirs.
union attributes {
    union bpf_attr bpf;
    char space[512];
};
static int bpf(int command, union attributes *attributes) {
    return (int)CALL(SYS_bpf, command, attributes, sizeof *attributes);
}

int clinux_bpf_load(unsigned type, const void *instructions, unsigned count, const char *license) {
    union attributes a;
    memset(&a, 0, sizeof a);
    a.bpf.prog_type = type;
    a.bpf.insns = (uintptr_t)instructions;
    a.bpf.insn_cnt = count;
    a.bpf.license = (uintptr_t)license;
    return bpf(BPF_PROG_LOAD, &a);
}
int clinux_bpf_attach(int cgroup, unsigned type, int program, unsigned flags, int replaced) {
    union attributes a;
    memset(&a, 0, sizeof a);
    a.bpf.target_fd = (unsigned)cgroup;
    a.bpf.attach_bpf_fd = (unsigned)program;
    a.bpf.attach_type = type;
    a.bpf.attach_flags = flags;
    if (replaced >= 0) {
        a.bpf.attach_flags |= BPF_F_REPLACE;
        a.bpf.replace_bpf_fd = (unsigned)replaced;
    }
    return bpf(BPF_PROG_ATTACH, &a);
}
int clinux_bpf_detach(int cgroup, unsigned type, int program) {
    union attributes a;
    memset(&a, 0, sizeof a);
    a.bpf.target_fd = (unsigned)cgroup;
    a.bpf.attach_bpf_fd = (unsigned)program;
    a.bpf.attach_type = type;
    return bpf(BPF_PROG_DETACH, &a);
}
int clinux_bpf_query(int cgroup, unsigned type, uint32_t *ids, unsigned count) {
    union attributes a;
    memset(&a, 0, sizeof a);
    a.bpf.query.target_fd = (unsigned)cgroup;
    a.bpf.query.attach_type = type;
    a.bpf.query.prog_ids = (uintptr_t)ids;
    a.bpf.query.prog_cnt = count;
    int status = bpf(BPF_PROG_QUERY, &a);
    return status < 0 ? status : (int)a.bpf.query.prog_cnt;
}
int clinux_bpf_program(uint32_t id) {
    union attributes a;
    memset(&a, 0, sizeof a);
    a.bpf.prog_id = id;
    return bpf(BPF_PROG_GET_FD_BY_ID, &a);
}
