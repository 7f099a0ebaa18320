/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kprobes and uprobes as perf events, with an eBPF program on each: every kernel since 4.17 has them. */
#ifndef KVMTREE_PROBE_EVENT_H
#define KVMTREE_PROBE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Where a probe goes: a kernel symbol, or an offset in a file. */
struct probe_place {
	const char *name; /* symbol or path */
	uint64_t address; /* of the symbol; 0: the kernel looks for it, which takes it long */
	uint64_t file_off;
	bool is_user;
	bool is_entry_only; /* no return probe */
};

/* Returns a descriptor, whose closing takes the probe away, or -errno. The program may be closed. */
int probe_event_open(const struct probe_place *place, bool is_return, int prog_fd);

/* The same for a program that is told by a cookie which probe was hit (bpf_get_attach_cookie). */
int probe_event_open_cookie(const struct probe_place *place, bool is_return, int prog_fd,
			    uint64_t cookie);

struct bpf_link;
struct bpf_program;

/*
 * Attaches a program to the event that its section names. libbpf's own way wants tracefs to be mounted;
 * this one takes it where tracefs_dir finds it. NULL: errno says why.
 */
struct bpf_link *program_attach(const struct bpf_program *program);

#endif
