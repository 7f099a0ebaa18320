/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The probe plan: for each function of the walk, how it can be seen on this machine. */
#ifndef KVMTREE_PLAN_H
#define KVMTREE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/kernel_btf.h"
#include "bpf/tracefs.h"
#include "bpf/user_functions.h"

enum plan_layer { LAYER_VMM, LAYER_IOCTL, LAYER_KVM, LAYER_VENDOR, LAYER_CNT };
enum plan_rung {
	RUNG_FENTRY,
	RUNG_KPROBE_MULTI, /* all of them by one attachment */
	RUNG_KPROBE,
	RUNG_TRACEPOINT, /* ioctls, by the system call's */
	RUNG_UPROBE,
	RUNG_INLINED,
	RUNG_MISSING,
	RUNG_CNT,
};

extern const char *const plan_layer_names[LAYER_CNT];
extern const char *const plan_rung_names[RUNG_CNT];

/* Names of C++ and Rust are long. */
#define PLAN_SYMBOL_MAX 256

/* A row of the function table; its index is its id. Strings belong to the plan. */
struct plan_func {
	enum plan_layer layer;
	enum plan_rung rung;
	char owner[64]; /* module or binary */
	char symbol[PLAN_SYMBOL_MAX];
	const char *concept;
	const char *under;
	const char *args;
	const char *types; /* of the arguments; NULL: not told */
	const char *returns;
	struct {
		char *args, *types, *returns;
	} owned; /* where these were put together: the plan frees them */
	char note[128];
	bool is_refused; /* by the kernel, when it was attached to: it is RUNG_MISSING now */
	bool is_vain;	 /* its fentry program is not called: found by the last in_effect_check */
	struct kernel_func kernel; /* RUNG_FENTRY; elsewhere its part is NULL where BTF has it not */
	uint64_t address;	   /* RUNG_KPROBE_MULTI; RUNG_KPROBE: 0 where only the name is known */
};

/* The note of RUNG_INLINED, where there is no more to say. */
#define PLAN_NOTE_INLINED "inlined by the compiler"

#define PLAN_FUNCS_MAX 4096

/* A pattern that matches more functions than this wants to be confirmed. */
#define PLAN_GLOB_MAX 200

/* Which rungs of the ladder may be used. */
enum probe_with {
	PROBE_WITH_BEST,	 /* fentry; where it cannot be had kprobe.multi, or kprobe */
	PROBE_WITH_FENTRY,	 /* nothing else for functions */
	PROBE_WITH_KPROBE_MULTI, /* nothing else for functions, but kprobes for ioctls */
	PROBE_WITH_KPROBE,	 /* nothing else for functions */
	PROBE_WITH_TRACEPOINT,	 /* no functions; ioctls by the system call's */
};

/* How much is recorded. */
enum detail {
	DETAIL_PATH,  /* ioctls, the functions of the walk, every event of KVM */
	DETAIL_EXITS, /* entries, exits and returns to user space, nothing else */
	DETAIL_FULL,  /* path, and every function of KVM's modules */
};

struct plan_options {
	enum probe_with probe_with;
	enum detail detail;
	bool is_kernel_only; /* no functions of the VMM */
};

struct plan {
	struct plan_options options;
	const char *vendor;	   /* "amd", "intel" or "pvm" */
	const char *vendor_module; /* "kvm_amd", "kvm_intel" or "kvm_pvm" */
	bool can_fentry, can_multi, can_kprobe, can_syscall, can_uprobe; /* the kernel can */
	bool can_cookie; /* kprobes, and one program for all of them */
	bool has_fentry, has_multi, has_kprobe;		    /* and the options allow it */
	char rung_whys[RUNG_CNT][128]; /* for what it cannot, "lacks ...": "this kernel ..." */
	bool has_rounds;	     /* the run loop goes through the ring by rounds: round.h */
	char why_no_functions[512];  /* empty: some rung for functions is there */
	struct kernel_btf btf;
	struct tracepoints tracepoints;
	struct plan_func *funcs;
	uint32_t func_cnt;
	uint32_t other_vendor_cnt; /* functions of the walk that the other vendor's module has */
	uint32_t skipped_cnt; /* functions that a pattern matched, and that cannot be traced */
};

/*
 * Asks the kernel. Returns 0, or -errno with a sentence in `why` that says what failed and
 * what to do.
 */
int plan_make(struct plan *plan, const struct plan_options *options, char *why, size_t why_sz);
void plan_release(struct plan *plan);

/* Whether this kernel has the tracepoint, and the options want it. */
bool plan_wants_event(const struct plan *plan, enum tp_event event);

/* Whether a rung has it. */
static inline bool plan_is_traced(const struct plan_func *func)
{
	return func->rung < RUNG_INLINED;
}

/* A new row, all zeroes, or NULL when there are too many. */
struct plan_func *plan_func_add(struct plan *plan);

/* The row of the function with this name in the knowledge base, or NULL. */
const struct plan_func *plan_func_find(const struct plan *plan, const char *concept);

/* Adds a row for a function of this program; its id, or -ENOSPC. */
int plan_add_user(struct plan *plan, const char *binary, const struct user_func *user);

/*
 * Adds the functions of KVM's modules whose names match. More than PLAN_GLOB_MAX want consent. Returns
 * 0, or -errno with a sentence in `why`.
 */
int plan_add_functions(struct plan *plan, const char *glob, bool has_consent, char *why,
		       size_t why_sz);

/* The rows from `first` on as FUNCS text (trace_format.h), for the caller to free; NULL: no memory. */
char *plan_funcs_text(const struct plan *plan, uint32_t first, size_t *text_sz);

/* The plan as people read it. */
struct output;
void plan_print(const struct plan *plan, const struct output *out);

/* A line of it, "  ok   tracefs      mounted on ...", which goes on below where it is too long. */
void plan_line(const struct output *out, const char *state, const char *name, const char *text);

#endif
