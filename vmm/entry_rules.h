/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Why the processor refuses to enter a guest: the rules that its state has to keep. */
#ifndef VMM_ENTRY_RULES_H
#define VMM_ENTRY_RULES_H

#include <linux/kvm.h>
#include <stdint.h>

/*
 * What hardware_entry_failure_reason of KVM_EXIT_FAIL_ENTRY says, in words. VMX: the basic exit
 * reason with bit 31, or a VM-instruction error; SVM: the exit code.
 */
const char *entry_failure(uint64_t reason);

/*
 * The next rule from number *i on that the state breaks, in words with its source, or NULL if it
 * breaks no more; *i moves on. Start with 0. Only rules of the processor whose reason it is;
 * there are others, which we cannot check as KVM does not show the state they are about.
 */
const char *entry_rule_broken(unsigned int *i, uint64_t reason, const struct kvm_regs *regs,
			      const struct kvm_sregs *sregs);

#endif
