/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whoever wants to hear of exits and frames while a recording is read, in little memory however
 * long it is: give model_new() an observer, with NULL for what does not interest.
 */
#ifndef KVMTREE_OBSERVER_H
#define KVMTREE_OBSERVER_H

#include "trace-viewer/node.h"

struct vm;

/* What tells one exit of a reason from another. */
enum exit_qualifier {
	QUALIFIER_NONE,
	QUALIFIER_PORT,	     /* I/O port */
	QUALIFIER_GPA,	     /* guest-physical address: of a page fault (its page), or of MMIO */
	QUALIFIER_MSR,	     /* MSR number */
	QUALIFIER_CPUID,     /* leaf */
	QUALIFIER_CR,	     /* number of a control register */
	QUALIFIER_HYPERCALL, /* number of a hypercall */
};

/* An exit from its begin to the next entry of its vCPU. Valid during the call. */
struct exit_fact {
	const struct vm *vm; /* never NULL: number 0 for exits of no known VM */
	int32_t vcpu_id;
	uint32_t tid;
	uint32_t isa, reason;
	uint64_t rip, info1, info2;
	enum exit_qualifier qualifier;
	uint64_t qualifier_value;
	bool is_write;			/* OUT, WRMSR, MMIO write, MOV to CR */
	uint64_t begin_ns;
	uint64_t guest_ns;		/* that the guest ran before it; 0: its entry was not seen */
	uint64_t kernel_ns, user_ns;	/* from VM exit to the next VM entry */
	uint64_t off_cpu_ns;		/* of these, without a CPU, */
	uint64_t off_user_ns;		/* and of that what was in user_ns */
	const struct off_cpu_sum *off_cpu; /* the same, with the worst one; never NULL */
	bool is_open;			/* no next entry was seen: its times are lower bounds */
	bool went_to_user;		/* KVM_RUN returned for it */
	bool spans_loss;		/* records were lost meanwhile */
	int64_t user_reason;		/* KVM_EXIT_*, or -1: it stayed in the kernel */
	struct inject inject;		/* what the guest run before it began with */
	const struct func_row *kernel_handler; /* first kernel function that served it, or NULL */
	const struct func_row *handler; /* first function of the VMM that did, or NULL */
	const struct func_row *callee;	/* the innermost one below that, or NULL */
};

/* A vCPU's thread was off its CPU. Valid during the call. */
struct off_cpu_fact {
	const struct off_cpu_span *span;
	const struct vm *vm; /* never NULL */
	int32_t vcpu_id;     /* or NODE_VCPU_NONE */
	uint32_t tid, tgid;
	const char *comm; /* of the thread; "": not known */
	bool has_exit; /* an exit was served: its fact will have this in it */
};

/* A frame of the tree. Valid during the call. */
struct frame_fact {
	/* kind, times, what its kind has; its parents are there, its children need not be */
	const struct node *node;
	const struct vm *vm; /* NULL: not known, or not yet */
	int32_t vcpu_id;     /* or NODE_VCPU_NONE */
	uint32_t tid, tgid;
	const char *comm;    /* of the thread; "": not known */
	uint32_t depth;	     /* frames around it */
};

struct observer {
	void *owner;
	void (*exit)(void *owner, const struct exit_fact *fact);
	void (*off_cpu)(void *owner, const struct off_cpu_fact *fact);
	/*
	 * Frames open parents first and close children first. One that was lost or is too deep is not
	 * told of; one that is a moment (a lost record) opens and closes at once.
	 */
	void (*frame_open)(void *owner, const struct frame_fact *fact);
	void (*frame_close)(void *owner, const struct frame_fact *fact);
};

/* "vmm", "ioctl", "kvm", "vendor", "guest", "exit": the layer that a frame is of; never NULL. */
const char *frame_layer(const struct node *node);

#endif
