/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the CPUID instruction tells a guest: the host's answers, made true for one vCPU. */
#ifndef VMM_CPUID_H
#define VMM_CPUID_H

#include <linux/kvm.h>
#include <stdbool.h>

#define CPUID_ENTRIES_MAX 256 /* KVM_MAX_CPUID_ENTRIES in arch/x86/kvm/cpuid.h */

struct cpuid_table {
	struct kvm_cpuid2 head;
	struct kvm_cpuid_entry2 entries[CPUID_ENTRIES_MAX];
};

/* Which vCPU of how many it is, each a core of one package; its APIC ID is id. */
struct cpuid_place {
	unsigned int id, cnt;
	bool tsc_deadline; /* its local APIC's timer can be set by the time stamp counter */
};

/* Changes the table, which is what KVM_GET_SUPPORTED_CPUID gave. */
void cpuid_adapt(struct cpuid_table *table, const struct cpuid_place *place);

#endif
