/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* By what exits are counted: reason, concept, vCPU, port, page, MSR, leaf, handler, device ... */
#ifndef KVMTREE_EXIT_KEY_H
#define KVMTREE_EXIT_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-viewer/observer.h"
#include "trace-viewer/text.h"

enum exit_by {
	BY_REASON,
	BY_CONCEPT,
	BY_VCPU,
	BY_PORT,
	BY_GPA,
	BY_MSR,
	BY_CPUID,
	BY_SYMBOL,
	BY_HANDLER,
	BY_DEVICE,
	BY_USER,
	BY_CNT,
};

/* "reason|concept|vcpu|...": the choices of --by. */
#define EXIT_BY_CHOICES "reason|concept|vcpu|port|gpa|msr|cpuid|symbol|handler|device|user"

/* Equal keys are one row. The text lives as long as the recording's reader. */
struct exit_key {
	uint32_t space; /* what `value` counts: for a reason the isa; KEY_NONE, KEY_BEYOND: below */
	uint64_t value;
	const char *text;
};

#define KEY_NONE   UINT32_MAX	    /* exits that have no such key: by port, all that use none */
#define KEY_BEYOND (UINT32_MAX - 1) /* keys that found no room in the table */

bool exit_key_is_none(const struct exit_key *key);

/* The kind that --by or the head of a selector names (io is another word for port); BY_CNT: none. */
enum exit_by exit_by_name(const char *name, size_t name_sz);
/* The title of its column: "EXIT", "PORT". */
const char *exit_by_title(enum exit_by by);

struct exit_key exit_key_of(enum exit_by by, const struct exit_fact *fact);
/* "HLT", "0x3f8 COM1", "(no port)" */
void exit_key_add(struct text *t, enum exit_by by, const struct exit_key *key);
/* An order of keys that does not hang on where they lie in memory; 0: equal. */
int exit_key_compare(const struct exit_key *a, const struct exit_key *b);

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
/* Does it mean the row of this key in the table by selector->by? */
bool exit_selector_has(const struct exit_selector *selector, const struct exit_key *key);

#endif
