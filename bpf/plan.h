/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The probe plan: for each function of the walk, how it can be seen on this machine. */
#ifndef KVMTREE_PLAN_H
#define KVMTREE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/kernel_btf.h"
#include "bpf/tracefs.h"

enum plan_layer { LAYER_VMM, LAYER_IOCTL, LAYER_KVM, LAYER_VENDOR, LAYER_CNT };
enum plan_rung { RUNG_FENTRY, RUNG_KPROBE, RUNG_UPROBE, RUNG_INLINED, RUNG_MISSING, RUNG_CNT };

extern const char *const plan_layer_names[LAYER_CNT];
extern const char *const plan_rung_names[RUNG_CNT];

/* A row of the function table; its index is its id. Strings belong to the plan. */
struct plan_func {
	enum plan_layer layer;
	enum plan_rung rung;
	char owner[64]; /* module or binary */
	char symbol[64];
	const char *concept;
	const char *under;
	const char *args;
	char *args_owned; /* where args was put together: the plan frees it */
	const char *returns;
	char note[128];
	struct kernel_func kernel; /* RUNG_FENTRY */
};

#define PLAN_FUNCS_MAX 4096

/* A pattern that matches more functions than this wants to be confirmed. */
#define PLAN_GLOB_MAX 200

/* Which rungs of the ladder may be used. */
enum probe_with {
	PROBE_WITH_BEST,       /* fentry, where it cannot be had kprobe */
	PROBE_WITH_FENTRY,     /* nothing else for functions */
	PROBE_WITH_KPROBE,     /* nothing else for functions */
	PROBE_WITH_TRACEPOINT, /* no functions */
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
	bool has_fentry, has_kprobe; /* the kernel can, and the options allow it */
	bool can_probe;		     /* kprobes and uprobes work */
	bool has_rounds;	     /* the run loop goes through the ring by rounds: round.h */
	char why_no_functions[192];  /* empty: some rung for functions is there */
	struct kernel_btf btf;
	struct tracepoints tracepoints;
	struct plan_func *funcs;
	uint32_t func_cnt;
};

/*
 * Asks the kernel. Returns 0, or -errno with a sentence in `why` that says what failed and
 * what to do.
 */
int plan_make(struct plan *plan, const struct plan_options *options, char *why, size_t why_sz);
void plan_release(struct plan *plan);

/* Whether this kernel has the tracepoint, and the options want it. */
bool plan_wants_event(const struct plan *plan, enum tp_event event);

/* A new row, all zeroes, or NULL when there are too many. */
struct plan_func *plan_func_add(struct plan *plan);

/* The row of the function with this name in the knowledge base, or NULL. */
const struct plan_func *plan_func_find(const struct plan *plan, const char *concept);

/*
 * Adds a row for a user-space function; its id, or -ENOSPC. The strings `args` and `returns`
 * outlive the plan.
 */
int plan_add_user(struct plan *plan, const char *binary, const char *symbol, const char *args,
		  const char *returns);

/*
 * Adds the functions of KVM's modules whose names match. More than PLAN_GLOB_MAX want consent. Returns
 * 0, or -errno with a sentence in `why`.
 */
int plan_add_functions(struct plan *plan, const char *glob, bool has_consent, char *why,
		       size_t why_sz);

/* The rows from `first` on as FUNCS text (trace_format.h), for the caller to free; NULL: no memory. */
char *plan_funcs_text(const struct plan *plan, uint32_t first, size_t *text_sz);

/* The plan as people read it, on standard output. */
void plan_print(const struct plan *plan);

#endif
