/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What ends a recording: an exit that was waited for (--until), or one that took too long (--until-slower), or,
 * with both, one that is both. Exits are told by the viewer's own model, so every name that `kvmtree check`
 * knows is known here.
 */
#ifndef KVMTREE_TRIGGER_H
#define KVMTREE_TRIGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/plan.h"
#include "trace-viewer/record_codec.h"

struct trigger_wish {
	const char *until; /* as exit_selector_parse takes it; NULL: any exit */
	bool has_slower;
	uint64_t slower_ns; /* from VM exit to the next VM entry, at least */
};

/* Could such an exit be seen here? 0, or -EINVAL and a sentence in `why`. */
int trigger_check(const struct trigger_wish *wish, const struct plan *plan, char *why, size_t why_sz);

struct trigger;

/* NULL: no memory. The wish, which trigger_check has seen, outlives it. */
struct trigger *trigger_new(const struct trigger_wish *wish);
void trigger_free(struct trigger *trigger);

/* Rows of the function table, as the file has them: handlers are found by them. */
void trigger_funcs(struct trigger *trigger, const char *text);

/* Takes every record, in order. false: the recording has ended before it. */
bool trigger_take(struct trigger *trigger, const union record *rec);

/* Now and then: an exit that has no end is found by the clock. */
void trigger_look(struct trigger *trigger, uint64_t now_ns);

bool trigger_is_over(const struct trigger *trigger);

/* Which exit it was, in words; "": none yet. */
const char *trigger_text(const struct trigger *trigger);

#endif
