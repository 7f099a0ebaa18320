/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which programs of live.bpf.c serve on this kernel. Only live_kernel.c uses this. */
#ifndef KVMTREE_LIVE_PROGRAMS_H
#define KVMTREE_LIVE_PROGRAMS_H

struct bpf_program;
struct live_bpf;

/* How the end of a vCPU is seen; UNSEEN: by its thread's end only. */
enum destroy_rung { BY_FENTRY, BY_KPROBE, UNSEEN };

struct live_programs {
	struct bpf_program *entry, *exit, *destroy; /* destroy may be NULL */
};

/* Chooses the programs, and has those of them alone loaded that see entries, exits and ends. */
void live_programs_choose(struct live_programs *programs, struct live_bpf *skel, enum destroy_rung rung);

#endif
