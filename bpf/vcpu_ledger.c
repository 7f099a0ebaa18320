/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What KVM itself has counted of each vCPU, as far as the recording goes. */
#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>

#include "bpf/vcpu_ledger.h"

struct vcpu_entry {
	uint64_t vm;
	uint32_t vcpu_id;
	bool has_count, has_base, has_ended;
	uint64_t count, base;
};

struct vcpu_ledger {
	void *tree;	      /* of entries: vCPUs by their place, the last that were there */
	struct vcpu_sum gone; /* those whose place others have taken */
};

static int by_place(const void *a, const void *b)
{
	const struct vcpu_entry *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->vcpu_id > y->vcpu_id) - (x->vcpu_id < y->vcpu_id);
}

static void sum_add(struct vcpu_sum *sum, const struct vcpu_entry *entry)
{
	if (!entry->has_count)
		return;
	sum->vcpus++;
	sum->exits += entry->count > entry->base ? entry->count - entry->base : 0;
}

static struct vcpu_entry *entry_get(struct vcpu_ledger *ledger, uint64_t vm, uint32_t vcpu_id)
{
	const struct vcpu_entry place = {.vm = vm, .vcpu_id = vcpu_id};
	struct vcpu_entry **at = tsearch(&place, &ledger->tree, by_place), *entry;

	if (!at)
		return NULL;
	entry = *at;
	if (entry == &place) { /* it is new */
		entry = malloc(sizeof(*entry));
		if (!entry) {
			tdelete(&place, &ledger->tree, by_place);
			return NULL;
		}
		*entry = place;
		*at = entry;
	} else if (entry->has_ended) {
		sum_add(&ledger->gone, entry);
		*entry = place;
	}
	return entry;
}

int vcpu_ledger_note(struct vcpu_ledger *ledger, const union record *rec)
{
	struct vcpu_entry *entry;

	if (rec->header.kind == REC_vcpu_base) {
		entry = entry_get(ledger, rec->vcpu_base.vm, rec->vcpu_base.vcpu_id);
		if (entry && !entry->has_base) {
			entry->has_base = true;
			entry->base = rec->vcpu_base.exits;
		}
	} else if (rec->header.kind == REC_vcpu_counter) {
		entry = entry_get(ledger, rec->vcpu_counter.vm, rec->vcpu_counter.vcpu_id);
		if (entry) {
			entry->has_count = true;
			entry->has_ended = !rec->vcpu_counter.is_alive;
			if (rec->vcpu_counter.exits > entry->count)
				entry->count = rec->vcpu_counter.exits;
		}
	} else {
		return 0;
	}
	return entry ? 0 : -ENOMEM;
}

/* twalk_r() gives what it is told to each node, three times unless it is a leaf. */
static void sum_node(const void *node, VISIT visit, void *sum)
{
	if (visit == postorder || visit == leaf)
		sum_add(sum, *(struct vcpu_entry *const *)node);
}

struct vcpu_sum vcpu_ledger_sum(const struct vcpu_ledger *ledger)
{
	struct vcpu_sum sum = ledger->gone;

	twalk_r(ledger->tree, sum_node, &sum);
	return sum;
}

struct vcpu_ledger *vcpu_ledger_new(void)
{
	return calloc(1, sizeof(struct vcpu_ledger));
}

void vcpu_ledger_free(struct vcpu_ledger *ledger)
{
	if (!ledger)
		return;
	tdestroy(ledger->tree, free);
	free(ledger);
}
