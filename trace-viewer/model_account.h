/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an exit costs and who serves it, gathered from its begin to the next entry of its vCPU. */
#ifndef KVMTREE_MODEL_ACCOUNT_H
#define KVMTREE_MODEL_ACCOUNT_H

#include "trace-viewer/observer.h"
#include "trace-viewer/record_codec.h"

struct model;
struct thread;
struct vcpu;

/* The exit of a thread whose next entry is to come. */
struct exit_account {
	struct exit_fact fact;
	struct off_cpu_sum off_cpu; /* the fact's */
	bool is_active, is_in_user, has_detail;
	uint64_t mark_ns; /* up to here its time is in the fact */
	struct vcpu *vcpu;
	const struct func_row *open; /* a function of the VMM, begun since KVM_RUN returned */
	const struct func_row *innermost;
	uint32_t open_depth, innermost_depth;
};

/* An exit begins; it ended the guest's run of guest_ns. */
void account_exit(struct thread *t, const struct vm *vm, struct vcpu *vcpu,
		  const struct rec_kvm_exit *r, uint64_t guest_ns);
/* More is told of it: these do nothing when no exit is under way. */
void account_detail(struct thread *t, const struct exit_detail *detail);
void account_fault(struct thread *t, uint64_t address);
void account_user_reason(struct thread *t, uint32_t reason);
/* The thread was off its CPU. */
void account_off_cpu(struct thread *t, const struct off_cpu_span *span);
/* User space begins (KVM_RUN returned) or ends (it was called). */
void account_switch(struct thread *t, bool to_user, uint64_t now_ns);
/* A function was pushed on t's stack, or one was popped from it. */
void account_func_enter(struct thread *t, const struct func_row *row);
void account_func_exit(struct thread *t);
/* The exit's end; has_entry: by an entry. Counts it and tells the observer. */
void account_close(struct model *model, struct thread *t, uint64_t now_ns, bool has_entry);

#endif
