/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Are fentry programs called that the kernel has accepted? Seen on Debian's 6.12: in one boot of two a
 * link for kvm_vm_ioctl is made and stays, and ftrace never turns the function to it. What ftrace says of
 * itself tells.
 */
#ifndef KVMTREE_IN_EFFECT_H
#define KVMTREE_IN_EFFECT_H

#include "bpf/plan.h"

/* Is this function attached to by now? */
typedef bool in_effect_fn(const struct plan *plan, const struct plan_func *func);

/*
 * Gives the functions of RUNG_FENTRY, of those that `is_attached` tells, whose programs are not called to
 * RUNG_KPROBE, or RUNG_MISSING where there are no kprobes or they are not wanted, with a note, and marks them
 * as is_vain. Returns how many; 0 too where ftrace does not say.
 */
unsigned int in_effect_check(struct plan *plan, in_effect_fn *is_attached);

/* Is the fentry program that is attached to this function called? Also where ftrace has no file to tell. */
bool in_effect_is_called(const char *symbol);

#endif
