/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The table of kb/exit_concepts.def, and how it is searched. */
#include "trace-viewer/exit_concept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/record_codec.h"

static const struct exit_concept concepts[] = {
#define EXIT_CONCEPT(name, vmx, svm, meaning) { name, vmx, svm, meaning },
#include "trace-viewer/kb/exit_concepts.def"
#undef EXIT_CONCEPT
};

#define CONCEPT_CNT	 (sizeof(concepts) / sizeof(concepts[0]))
#define VMX_BASIC_MASK	 0xffffu
#define VMX_FAILED_ENTRY (1u << 31)

static bool has_number(const char *ranges, uint32_t number)
{
	while (*ranges) {
		char *end;
		unsigned long first = strtoul(ranges, &end, 0);
		unsigned long last = *end == '-' ? strtoul(end + 1, &end, 0) : first;

		if (number >= first && number <= last)
			return true;
		ranges = end + strspn(end, " ");
	}
	return false;
}

static const struct exit_concept *search(uint32_t isa, uint32_t reason)
{
	if (isa == REC_ISA_VMX && reason & VMX_FAILED_ENTRY)
		return exit_concept_by_name("entry-failed");
	if (isa == REC_ISA_VMX)
		reason &= VMX_BASIC_MASK;
	for (size_t i = 0; i < CONCEPT_CNT; i++)
		if (has_number(isa == REC_ISA_VMX ? concepts[i].vmx : concepts[i].svm, reason))
			return &concepts[i];
	return NULL;
}

/* The few reasons of a recording are asked for again and again. */
const struct exit_concept *exit_concept(uint32_t isa, uint32_t reason)
{
	static struct { uint32_t isa, reason; const struct exit_concept *concept; } memo[64];
	const size_t at = (reason ^ reason >> 6) % (sizeof(memo) / sizeof(memo[0]));

	if (isa != REC_ISA_VMX && isa != REC_ISA_SVM)
		return NULL;
	if (memo[at].isa != isa || memo[at].reason != reason) {
		memo[at].isa = isa;
		memo[at].reason = reason;
		memo[at].concept = search(isa, reason);
	}
	return memo[at].concept;
}

const struct exit_concept *exit_concept_by_name(const char *name)
{
	for (size_t i = 0; i < CONCEPT_CNT; i++)
		if (!strcmp(concepts[i].name, name))
			return &concepts[i];
	return NULL;
}

const struct exit_concept *exit_concept_row(uint32_t index)
{
	return index < CONCEPT_CNT ? &concepts[index] : NULL;
}

uint32_t exit_concept_index(const struct exit_concept *concept)
{
	return (uint32_t)(concept - concepts);
}
