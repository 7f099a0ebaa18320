/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A vCPU: a thread of ours that lends itself to the guest. */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/machine.h"

/* What is kept of an exit to user space, for the case that it was one of the last. */
struct exit_note {
	uint64_t rip; /* 0 if the kernel does not tell */
	uint32_t reason;
	uint64_t detail[2]; /* the first bytes of kvm_run's union: those of the reason */
};

#define EXIT_NOTES 16

struct vcpu {
	struct machine *machine;
	struct kvm_run *run; /* the page we share with the kernel; mapped from fd */
	size_t run_sz;
	int fd;
	unsigned int id;
	uint64_t exits;			    /* to user space */
	struct exit_note notes[EXIT_NOTES]; /* of the last, exits % EXIT_NOTES is the next */
	pthread_t thread;
};

/* What a turn of the run loop ends with. */
enum vcpu_turn {
	VCPU_AGAIN, /* enter the guest again */
	VCPU_END,   /* this vCPU's life is over */
};

/*
 * Starts the thread of vCPU id and waits until it has created the vCPU. Returns 0, or a
 * negative number after a message. vcpu_release() is due for each that vcpu_started counts,
 * even if this failed.
 */
int vcpu_new(struct machine *m, unsigned int id);

/* Waits for the thread to end, then gives back the mapping and the descriptor. */
void vcpu_release(struct vcpu *vcpu);

/* On the vCPU's own thread, in this order. The int ones return < 0 after a message. */
void *vcpu_thread(void *vcpu);
int vcpu_create(struct vcpu *vcpu);
int vcpu_set_cpuid(struct vcpu *vcpu);
int vcpu_load_registers(struct vcpu *vcpu);
void vcpu_run(struct vcpu *vcpu);
enum vcpu_turn vcpu_exec(struct vcpu *vcpu);
int vcpu_enter(struct vcpu *vcpu);
bool vcpu_wait(struct vcpu *vcpu);

/* Makes a vCPU that is in KVM_RUN, or about to be, come out. The stop flag is to be set first. */
void vcpu_kick(struct vcpu *vcpu);

#endif
