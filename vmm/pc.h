/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The platform "pc": what a machine has that is to run an operating system. */
#ifndef VMM_PC_H
#define VMM_PC_H

#include "vmm/vcpu.h"

/*
 * Gives the VM KVM's own interrupt controllers and timer, and the machine its event loop.
 * Before the first vCPU. Returns 0, or < 0 after a message.
 */
int pc_create(struct machine *m);

/* On the vCPU's thread: what its firmware would have set up. Returns 0, or < 0 after a message. */
int pc_vcpu_setup(struct vcpu *vcpu);

#endif
