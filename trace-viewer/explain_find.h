/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds rows of the knowledge base by whatever somebody calls them. */
#ifndef KVMTREE_EXPLAIN_FIND_H
#define KVMTREE_EXPLAIN_FIND_H

#include "trace-viewer/kb.h"

/* How well a name fits a row, the best last. */
enum explain_match {
	EXPLAIN_NONE,
	EXPLAIN_TEXT,  /* its explanation speaks of it */
	EXPLAIN_NEAR,  /* its name is that, but for some letters */
	EXPLAIN_PART,  /* its name has that in it */
	EXPLAIN_EXACT, /* one of its names, or its number */
};

/*
 * Case, '-', '_' and spaces do not count, nor does a prefix such as EXIT_REASON_, KVM_EXIT_ or
 * MSR_IA32_. A number is decimal or 0x.
 */
enum explain_match explain_match(const struct kb_entry *entry, const char *name);

/*
 * Calls fn for each row that fits as well as the best one does, in the order of the tables, and
 * returns how well that is. `only` is a group, or KB_GROUP_CNT for all.
 */
typedef void explain_fn(void *owner, const struct kb_entry *entry);
enum explain_match explain_find(enum kb_group only, const char *name, explain_fn *fn, void *owner);

/* What VMX and SVM have in common; NULL: the row is no exit of theirs. */
const struct exit_concept *explain_concept(const struct kb_entry *entry);

#endif
