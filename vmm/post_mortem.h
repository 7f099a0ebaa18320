/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is left to see of a vCPU that cannot go on. */
#ifndef VMM_POST_MORTEM_H
#define VMM_POST_MORTEM_H

#include "vmm/vcpu.h"

/* Prints registers, segments and the bytes at RIP on standard error. Changes nothing. */
void post_mortem(struct vcpu *vcpu);

#endif
