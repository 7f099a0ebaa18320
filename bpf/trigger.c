/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Waits for an exit, and says which it was. The recording goes on to the end of the turn of the run loop
 * that begins with the exit's next entry.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/control.h"
#include "bpf/explain.h"
#include "bpf/trigger.h"
#include "trace-viewer/exit_concept.h"
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_selector.h"
#include "trace-viewer/func_rows.h"
#include "trace-viewer/model.h"

/* How long an exit may have no end, beyond what was asked for, before it counts without one. */
#define OPEN_FOR_NS 1000000000ull

/* How long after the exit's end the turn that began then may take. */
#define TAIL_NS 100000000ull

enum trigger_state { WAITS, TAIL, OVER };

struct trigger {
	const struct trigger_wish *wish;
	struct exit_selector selector;
	struct model *model;
	struct func_rows *rows;
	enum trigger_state state;
	uint32_t tid; /* TAIL: whose exit it was, */
	uint64_t hit_ns; /* and when it was found */
	struct text text;
};

/* --- is it an exit that can come? ----------------------------------------------- */

/* What --detail exits leaves out. */
static bool wants_detail(enum exit_by by)
{
	return by == BY_GPA || by == BY_MSR || by == BY_CPUID || by == BY_HANDLER || by == BY_DEVICE;
}

int trigger_check(const struct trigger_wish *wish, const struct plan *plan, char *why, size_t why_sz)
{
	const uint32_t isa = !strcmp(plan->vendor, "intel") ? REC_ISA_VMX : REC_ISA_SVM;
	const struct exit_concept *concept = NULL;
	struct exit_selector selector;
	const char *what;

	if (!wish->until)
		return 0;
	if (!exit_selector_parse(&selector, wish->until, strlen(wish->until), &what))
		return explain(-EINVAL, why, why_sz, "--until %s: %s", wish->until, what);
	if (selector.by == BY_SYMBOL && !selector.has_number)
		return explain(-EINVAL, why, why_sz, "--until %s: give the guest's address: symbol:0xffff...",
			       wish->until);
	if (plan->options.detail == DETAIL_EXITS && wants_detail(selector.by))
		return explain(-EINVAL, why, why_sz, "--until %s: --detail exits leaves out what tells of it: "
			       "take --detail path", wish->until);
	if (exit_selector_is_foreign(&selector, isa, &concept))
		return explain(-EINVAL, why, why_sz, "--until %s: no exit of this processor is called so, "
			       "which is %s's; `--until %s` is its like on both", wish->until,
			       isa == REC_ISA_VMX ? "Intel" : "AMD", concept ? concept->name : "REASON");
	return 0;
}

/* --- the exit ---------------------------------------------------------------------- */

/* A guest that waits for an interrupt is not served slowly: that exit must be named. */
static bool is_idle(const struct exit_fact *fact)
{
	const struct exit_concept *concept = exit_concept(fact->isa, fact->reason);

	return concept && !strcmp(concept->name, "halt");
}

static bool is_wanted(const struct trigger *trigger, const struct exit_fact *fact)
{
	const struct trigger_wish *wish = trigger->wish;
	struct exit_key key;

	if (wish->has_slower && fact->kernel_ns + fact->user_ns < wish->slower_ns)
		return false;
	if (!wish->until)
		return !is_idle(fact);
	key = exit_key_of(trigger->selector.by, fact);
	return exit_selector_has(&trigger->selector, &key);
}

static void hit(struct trigger *trigger, const struct exit_fact *fact, uint64_t now_ns)
{
	static const enum exit_by kinds[] = {
		[QUALIFIER_PORT] = BY_PORT, [QUALIFIER_GPA] = BY_GPA, [QUALIFIER_MSR] = BY_MSR,
		[QUALIFIER_CPUID] = BY_CPUID,
	};
	struct text *t = &trigger->text;

	text_clear(t);
	exit_add_name(t, fact->isa, fact->reason);
	if (fact->qualifier < sizeof(kinds) / sizeof(kinds[0]) && kinds[fact->qualifier]) {
		struct exit_key key = exit_key_of(kinds[fact->qualifier], fact);

		text_add(t, " ");
		exit_key_add(t, kinds[fact->qualifier], &key);
	}
	text_add(t, " of vCPU %d", fact->vcpu_id);
	if (fact->vm->number)
		text_add(t, " of %s (%u)", *fact->vm->comm ? fact->vm->comm : "process", fact->vm->tgid);
	text_add(t, ", ");
	text_add_ns(t, fact->kernel_ns + fact->user_ns, false);
	text_add(t, fact->is_open ? ", and no entry since" : " until the next entry");
	trigger->tid = fact->tid;
	trigger->hit_ns = now_ns;
	trigger->state = fact->is_open ? OVER : TAIL;
}

static void on_fact(void *owner, const struct exit_fact *fact)
{
	struct trigger *trigger = owner;

	if (trigger->state == WAITS && is_wanted(trigger, fact))
		hit(trigger, fact, fact->begin_ns + fact->kernel_ns + fact->user_ns);
}

static void on_open_fact(void *owner, const struct exit_fact *fact)
{
	struct trigger *trigger = owner;
	uint64_t limit_ns = OPEN_FOR_NS + (trigger->wish->has_slower ? trigger->wish->slower_ns : 0);

	if (fact->kernel_ns + fact->user_ns >= limit_ns)
		on_fact(trigger, fact);
}

void trigger_look(struct trigger *trigger, uint64_t now_ns)
{
	if (trigger->state == WAITS)
		model_open_exits(trigger->model, now_ns, on_open_fact, trigger);
	else if (now_ns > trigger->hit_ns + TAIL_NS)
		trigger->state = OVER;
}

bool trigger_take(struct trigger *trigger, const union record *rec)
{
	const struct trace_item item = { .kind = TRACE_ITEM_RECORD, .rec = rec };

	if (trigger->state == OVER)
		return false;
	if (trigger->state == WAITS) {
		model_feed(trigger->model, &item);
		return true;
	}
	if (rec->header.tid != trigger->tid)
		return true;
	switch (rec->header.kind) {
	case REC_kvm_entry: /* one more turn in the same KVM_RUN */
		trigger->state = OVER;
		return false;
	case REC_process_exit:
		trigger->state = OVER;
		break;
	case REC_ioctl_exit:
		if (rec->ioctl_exit.cmd == KVM_RUN_CMD)
			trigger->state = OVER;
		break;
	}
	return true;
}

bool trigger_is_over(const struct trigger *trigger)
{
	return trigger->state == OVER;
}

const char *trigger_text(const struct trigger *trigger)
{
	return trigger->text.at;
}

void trigger_funcs(struct trigger *trigger, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);
		struct trace_item item = { .kind = TRACE_ITEM_FUNC };

		item.func = line ? func_rows_add(trigger->rows, line) : NULL;
		if (item.func)
			model_feed(trigger->model, &item);
		free(line);
		text += n + (text[n] == '\n');
	}
}

struct trigger *trigger_new(const struct trigger_wish *wish)
{
	struct trigger *trigger = calloc(1, sizeof(*trigger));
	const struct observer observer = { .owner = trigger, .exit = on_fact };
	const char *why;

	if (!trigger)
		return NULL;
	trigger->wish = wish;
	if (wish->until)
		exit_selector_parse(&trigger->selector, wish->until, strlen(wish->until), &why);
	trigger->model = model_new(MODEL_FACTS, &observer);
	trigger->rows = func_rows_new();
	if (trigger->model && trigger->rows)
		return trigger;
	trigger_free(trigger);
	return NULL;
}

void trigger_free(struct trigger *trigger)
{
	if (!trigger)
		return;
	trigger->state = OVER; /* what is open when the model goes is nothing to wait for */
	model_free(trigger->model);
	func_rows_free(trigger->rows);
	free(trigger);
}
