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

#define EXIT_PAGE_MASK 0xfffull /* of a guest-physical address, what a page does not tell apart */

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
/* Is its key a number, so that a selector needs one? */
bool exit_by_is_number(enum exit_by by);
/* The title of its column: "EXIT", "PORT". */
const char *exit_by_title(enum exit_by by);

struct exit_key exit_key_of(enum exit_by by, const struct exit_fact *fact);
/* "HLT", "0x3f8 COM1", "(no port)" */
void exit_key_add(struct text *t, enum exit_by by, const struct exit_key *key);
/* An order of keys that does not hang on where they lie in memory; 0: equal. */
int exit_key_compare(const struct exit_key *a, const struct exit_key *b);

#endif
