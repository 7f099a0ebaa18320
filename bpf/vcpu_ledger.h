/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What KVM itself has counted of each vCPU, as far as the recording goes. */
#ifndef KVMTREE_VCPU_LEDGER_H
#define KVMTREE_VCPU_LEDGER_H

#include <stdint.h>

#include "trace-viewer/record_codec.h"

struct vcpu_ledger;

/* NULL: no memory. */
struct vcpu_ledger *vcpu_ledger_new(void);
void vcpu_ledger_free(struct vcpu_ledger *ledger);

/*
 * Takes what concerns it of any record: where a vCPU's count began, how far it has come. Of a vCPU that
 * moves between threads each may tell; the first beginning and the largest count are right. Returns
 * 0, or -ENOMEM: that vCPU is not in the sum.
 */
int vcpu_ledger_note(struct vcpu_ledger *ledger, const union record *rec);

struct vcpu_sum {
	uint64_t vcpus; /* of which KVM's count is known */
	uint64_t exits; /* theirs, from where the recording met them */
};

struct vcpu_sum vcpu_ledger_sum(const struct vcpu_ledger *ledger);

#endif
