/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exits of VMX and SVM by what they have in common. */
#ifndef KVMTREE_EXIT_CONCEPT_H
#define KVMTREE_EXIT_CONCEPT_H

#include <stdint.h>

struct exit_concept {
	const char *name;
	const char *vmx, *svm; /* numbers and FIRST-LAST ranges, separated by spaces */
	const char *meaning;
};

/*
 * The concept of an exit reason as it was recorded (a failed VM entry of VMX is its own, whatever
 * the basic reason); NULL: the knowledge base has none.
 */
const struct exit_concept *exit_concept(uint32_t isa, uint32_t reason);
const struct exit_concept *exit_concept_by_name(const char *name);

/* The rows in the order of the table; NULL: no such row. */
const struct exit_concept *exit_concept_row(uint32_t index);
uint32_t exit_concept_index(const struct exit_concept *concept);

#endif
