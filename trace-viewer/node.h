/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The nodes that a VM's tree is made of, and how they are linked. */
#ifndef KVMTREE_NODE_H
#define KVMTREE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace-viewer/hist.h"
#include "trace-viewer/off_cpu.h"
#include "trace-viewer/trace_reader.h"

enum node_kind {
	NODE_ROOT,   /* of a VM: its children are thread parts */
	NODE_THREAD, /* what a thread did for a VM */
	NODE_IOCTL,
	NODE_FUNC,
	NODE_GUEST,    /* from VM entry to VM exit */
	NODE_EXIT,     /* from VM exit to the next entry, or the end of KVM_RUN */
	NODE_DETAIL,   /* port I/O and the like whose exit was not seen */
	NODE_NOTE,     /* what KVM does meanwhile: interrupts, waits; it has a detail, too */
	NODE_LOST,     /* records that were lost here */
	NODE_GROUP,    /* a sequence of nodes that repeats: its children are the first time round */
	NODE_MIX,      /* many nodes in no order that repeats: its children are one of each */
	NODE_INFERRED, /* a frame that the compiler inlined */
	NODE_KIND_CNT,
};

enum node_flag {
	NODE_IS_OPEN = 1,
	NODE_END_UNSEEN = 2,
	NODE_BEGIN_UNSEEN = 4,
	NODE_SPANS_LOSS = 8, /* records were lost while it was open */
	NODE_IS_UNIQUE = 16, /* never folded */
	NODE_IS_PRUNED = 32, /* its children were dropped, to bound memory */
	NODE_IS_WRITTEN = 128, /* its line is written; its children follow (tree_stream.h) */
	NODE_IS_TURNED = 64, /* a reader at the screen unfolded it, or folded it up */
	NODE_BEFORE_LOSS = 256, /* records were lost between its end and what its thread did next */
};

#define NODE_VCPU_NONE	(-1)
#define NODE_VCPU_MIXED (-2)

struct node {
	struct node *parent, *prev, *next, *first, *last;
	uint64_t sig; /* equal for nodes that say the same; set when closed */
	uint64_t start_ns, end_ns;
	uint64_t instance_cnt; /* how many nodes of the recording this one stands for */
	uint64_t pruned_exit_cnt;
	uint64_t line;	 /* NODE_IS_WRITTEN: where */
	uint32_t weight; /* how many nodes closed below it, of those that were kept */
	uint32_t child_cnt;
	int16_t vcpu; /* id, or NODE_VCPU_NONE, NODE_VCPU_MIXED */
	uint16_t flags;
	uint8_t kind;
	struct vm *vm; /* NULL: not known */
	struct off_cpu_sum *off_cpu; /* spent in it, not in one below it; NULL: none */
};

struct section;

struct node_thread {
	struct node node;
	struct section *section; /* of its lines (tree_stream.h), or NULL */
	uint32_t tid, tgid;
	char comm[REC_COMM_MAX + 1];
};

struct node_ioctl {
	struct node node;
	const struct func_row *func; /* may be NULL */
	uint32_t cmd;
	uint32_t data_sz, data_room;
	uint8_t *data; /* data_sz bytes of the structure at arg, or NULL */
	uint64_t arg;
	int64_t result;
	int64_t user_reason; /* KVM_RUN: kvm_run's exit_reason, or -1 */
	int32_t user_error;
};

struct node_func {
	struct node node;
	const struct func_row *func; /* NULL: the table has no such row */
	uint32_t func_id;
	uint16_t arg_cnt;
	bool is_chained; /* who was called at this sp before ends in it */
	uint64_t args[3];
	uint64_t sp; /* of user space: where its return address lies; 0: not known */
	int64_t result;
};

/* What KVM put into the guest with an entry. */
struct inject {
	bool is_there;
	uint32_t type, vector, error_code, flags; /* enum rec_inject, enum rec_inject_flag */
};

/*
 * Folded, it takes in the host's interrupts that fell into it: they come when they want, and would
 * make no two loops alike.
 */
struct node_guest {
	struct node node;
	uint64_t rip;
	uint64_t interrupt_cnt, interrupt_ns; /* of these, which are exits of the recording */
	uint64_t folded_interrupt_cnt;	      /* of others like it that were folded into it */
	struct inject inject;
};

/* What KVM said of an exit beside its reason. `kind` is a REC_kvm_*, 0: nothing. */
struct exit_detail {
	uint32_t kind;
	uint32_t cnt;	/* how many there were; the first one is here */
	uint32_t index; /* port, MSR, leaf, number of a control register, type of an MMIO */
	uint32_t size, repeat;
	bool is_write, has_value, is_fault, has_answer;
	uint64_t addr; /* MMIO gpa; hypercall nr; subleaf */
	uint64_t value;
	uint64_t answer; /* what the VMM said to a hypercall */
};

struct node_exit {
	struct node node;
	uint64_t rip, info1, info2;
	uint32_t reason, isa, intr_info, error_code;
	int64_t user_reason; /* KVM_EXIT_*, or -1: it stayed in the kernel */
	int32_t user_error;
	bool has_fault; /* fault_* come from kvm_page_fault */
	bool is_many;	/* stands for others with other addresses: none is to be told */
	uint64_t fault_error;
	uint64_t fault_lo, fault_hi; /* one address, or the range of a folded one */
	struct exit_detail detail;
	struct node **awaited_by; /* who will fill in the value later, or NULL */
};

struct node_detail {
	struct node node;
	struct exit_detail detail;
};

struct node_lost {
	struct node node;
	uint64_t lost_cnt;
	uint32_t cause, cpu;
};

struct node_group {
	struct node node;
	uint32_t period;
	uint64_t iteration_cnt;
	struct hist times;     /* of an iteration, from its first begin to its last end */
	struct node *slowest;  /* the slowest iteration when it is not the first: a sibling list */
	uint64_t slowest_ns;
};

struct node_mix {
	struct node node;
	uint64_t node_cnt;	/* that went in */
	uint64_t other_cnt;	/* of which these are in no child */
	uint64_t other_exit_cnt;
	uint32_t turn; /* counts newcomers: one in four replaces the rarest */
};

struct node_inferred {
	struct node node;
	const struct func_row *func;
};

/* A node of its kind's size, all zeroes but kind, instance_cnt and vcpu. NULL: no memory. */
struct node *node_new(enum node_kind kind, uint64_t start_ns);
/* Frees a node, which must not be linked, and all below it. NULL is fine. */
void node_free(struct node *node);
/* How many nodes live, in all. */
size_t node_live_cnt(void);

void node_append(struct node *parent, struct node *child);
void node_insert_after(struct node *parent, struct node *after, struct node *child);
void node_unlink(struct node *node);

uint64_t node_duration(const struct node *node);
/* VM exits of the recording that a subtree stands for. */
uint64_t node_exit_cnt(const struct node *node);

#define NODE_AS(type, n) ((struct node_##type *)(n))
#define NODE_AS_CONST(type, n) ((const struct node_##type *)(n))

#endif
