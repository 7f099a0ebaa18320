/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exits by a name or a number, as one types it. */
#ifndef KVMTREE_EXIT_SELECTOR_H
#define KVMTREE_EXIT_SELECTOR_H

#include <stddef.h>

#include "trace-viewer/exit_key.h"

/*
 * What a budget or a unit of work names: a reason ("HLT", "npf"), a concept ("halt"), a KVM_EXIT_*, or
 * KIND:VALUE ("io:0x3f8", "msr:0x1b", "handler:handle_io", "device:COM1").
 */
struct exit_selector {
	enum exit_by by;
	bool has_number;
	uint64_t number;
	const char *text; /* into the string that was parsed */
	size_t text_sz;
};

/* Parses text up to text_sz. false: it names nothing, and *why says what would. */
bool exit_selector_parse(struct exit_selector *selector, const char *text, size_t text_sz,
			 const char **why);
/*
 * Does it name a reason that processors of this instruction set (REC_ISA_*) do not have, while others do?
 * *concept is that of the reason, or NULL.
 */
struct exit_concept;
bool exit_selector_is_foreign(const struct exit_selector *selector, uint32_t isa,
			      const struct exit_concept **concept);
/* Does it mean the row of this key in the table by selector->by? */
bool exit_selector_has(const struct exit_selector *selector, const struct exit_key *key);

#endif
