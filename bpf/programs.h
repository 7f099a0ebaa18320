/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The eBPF programs in the kernel: loaded as the plan says, attached, and taken away. */
#ifndef KVMTREE_PROGRAMS_H
#define KVMTREE_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/control.h"
#include "bpf/func_programs.h"
#include "bpf/plan.h"
#include "bpf/round.h"
#include "bpf/user_functions.h"

struct programs;

struct programs_options {
	size_t ring_sz;	 /* bytes; a power of two and whole pages */
	bool is_verbose; /* let libbpf talk */
	bool is_choosy;	 /* programs_refuse may be called, or one of the next two is given */
	const uint64_t *vcpus; /* record only these: a bit for each id, VCPU_WORDS; NULL: all */
	pid_t vm_tgid; /* record only this process's VM with this descriptor; 0: all */
	int vm_fd;
	/* told after each function; or NULL */
	void (*on_progress)(void *context, uint32_t done_cnt, uint32_t func_cnt);
	void *context;
	struct user_rules *rules; /* which functions of programs are wanted beside the walk's; it outlives */
};

/*
 * Loads and attaches all that the plan holds; a function that the kernel refuses becomes
 * RUNG_MISSING in the plan, with the reason in its note. Returns 0, or -errno and a sentence in
 * `why`. Nothing is traced before programs_trace.
 */
int programs_start(struct programs **programs, struct plan *plan,
		   const struct programs_options *options, char *why, size_t why_sz);

/* Detaches everything and frees it; NULL is fine. */
void programs_stop(struct programs *programs);

/*
 * Traces nothing any more: records stop at once. Detaching takes the kernel its time, so the file
 * is closed first; programs_stop does that.
 */
void programs_hush(struct programs *programs);

/* After programs_hush: the rounds that threads were in, and that will not come through the ring. */
typedef void programs_rounds_fn(void *context, const struct ring_rounds *rounds);
void programs_rounds_left(struct programs *programs, programs_rounds_fn *fn, void *context);

/* After programs_hush: KVM's own count of each vCPU that still is there, as its thread knew it. */
typedef void programs_count_fn(void *context, const struct rec_vcpu_counter *counter);
void programs_counts_left(struct programs *programs, programs_count_fn *fn, void *context);

/* Traces this process, and what it will fork. Returns 0 or -errno. */
int programs_trace(struct programs *programs, pid_t tgid);

/* Traces whoever uses KVM. */
void programs_trace_all(struct programs *programs);

/*
 * Records nothing more of what this process, which is traced, does with KVM, until it becomes another
 * program. What it does elsewhere is recorded still, and its children are traced.
 */
void programs_refuse(struct programs *programs, pid_t tgid);

bool programs_is_traced(const struct programs *programs, pid_t tgid);

/*
 * Probes the functions of the walk and of the rules that this program has, and adds them to the plan;
 * one that was seen before costs nothing. Those that the kernel refuses are RUNG_MISSING there. Returns 0
 * or -errno.
 */
int programs_probe_binary(struct programs *programs, struct plan *plan, const char *path);

int programs_ring_fd(const struct programs *programs);

/* What was lost on all CPUs. */
uint64_t programs_lost(const struct programs *programs);

/* What each CPU lost: fn gets its number. */
typedef void programs_cpu_loss_fn(void *context, int cpu, const struct cpu_loss *loss);
void programs_cpu_losses(const struct programs *programs, programs_cpu_loss_fn *fn, void *context);

/* Every program that missed events, with how many. */
void programs_misses(const struct programs *programs, const struct plan *plan, programs_miss_fn *fn,
		     void *context);

/* The map of the processes that are stopped until programs_let_go. */
int programs_stopped_fd(const struct programs *programs);
void programs_let_go(struct programs *programs, pid_t tgid);

#endif
