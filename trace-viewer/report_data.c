/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a report has to know of a recording, gathered while it is read, in bounded memory. */
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/report.h"

const char *const report_where_class[WHERE_CNT] = { "guest", "kernel", "user", "off" };
const char *const report_where_title[WHERE_CNT] = { "guest", "kernel", "VMM", "off CPU" };

static struct report_lane *lane_of(struct report_recording *r, const struct exit_fact *fact)
{
	struct report_lane *lane;

	for (uint32_t i = 0; i < r->lane_cnt; i++)
		if (r->lanes[i]->vm == fact->vm->number && r->lanes[i]->vcpu_id == fact->vcpu_id)
			return r->lanes[i];
	lane = r->lane_cnt < REPORT_LANES_MAX ? calloc(1, sizeof(*lane)) : NULL;
	if (!lane)
		return NULL;
	lane->vm = fact->vm->number;
	lane->vcpu_id = fact->vcpu_id;
	return r->lanes[r->lane_cnt++] = lane;
}

/* Two bins become one, so that twice the time has room. */
static void bins_halve(struct report_recording *r)
{
	r->bin_ns *= 2;
	for (uint32_t i = 0; i < r->lane_cnt; i++) {
		uint64_t(*bins)[WHERE_CNT] = r->lanes[i]->bins;

		for (uint32_t bin = 0; bin < REPORT_BINS / 2; bin++)
			for (int where = 0; where < WHERE_CNT; where++)
				bins[bin][where] = bins[2 * bin][where] + bins[2 * bin + 1][where];
		memset(bins[REPORT_BINS / 2], 0, sizeof(bins[0]) * REPORT_BINS / 2);
	}
}

static void lane_add(struct report_recording *r, struct report_lane *lane, enum report_where where,
		     uint64_t begin_ns, uint64_t duration_ns)
{
	uint64_t end_ns;

	if (begin_ns < r->origin_ns) {
		/* vCPUs tell of their exits when these end: one may have begun before the first told */
		duration_ns -= duration_ns < r->origin_ns - begin_ns ? duration_ns : r->origin_ns - begin_ns;
		begin_ns = r->origin_ns;
	}
	begin_ns -= r->origin_ns;
	end_ns = begin_ns + duration_ns;
	if (end_ns < begin_ns || end_ns > UINT64_MAX / 4)
		return;
	lane->ns[where] += duration_ns;
	while (end_ns > r->bin_ns * REPORT_BINS)
		bins_halve(r);
	while (begin_ns < end_ns) {
		const uint64_t bin = begin_ns / r->bin_ns;
		const uint64_t next_ns = (bin + 1) * r->bin_ns < end_ns ? (bin + 1) * r->bin_ns : end_ns;

		lane->bins[bin][where] += next_ns - begin_ns;
		begin_ns = next_ns;
	}
	r->span_ns = end_ns > r->span_ns ? end_ns : r->span_ns;
}

static uint64_t most(uint64_t ns, uint64_t at_most_ns)
{
	return ns < at_most_ns ? ns : at_most_ns;
}

/*
 * The order inside of an exit is not told: the kernel first, then the VMM; time without a CPU ends
 * each of them.
 */
static void lane_add_exit(struct report_recording *r, struct report_lane *lane, const struct exit_fact *fact)
{
	const uint64_t user_off_ns = most(fact->off_user_ns, fact->user_ns);
	const uint64_t kernel_off_ns = most(fact->off_cpu_ns - fact->off_user_ns, fact->kernel_ns);
	const struct { enum report_where where; uint64_t ns; } parts[] = {
		{ WHERE_KERNEL, fact->kernel_ns - kernel_off_ns }, { WHERE_OFF, kernel_off_ns },
		{ WHERE_USER, fact->user_ns - user_off_ns },	   { WHERE_OFF, user_off_ns },
	};
	uint64_t at_ns = fact->begin_ns;

	lane->exit_cnt++;
	lane_add(r, lane, WHERE_GUEST, at_ns - fact->guest_ns, fact->guest_ns);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		lane_add(r, lane, parts[i].where, at_ns, parts[i].ns);
		at_ns += parts[i].ns;
	}
}

/* A halt takes as long as the guest has nothing to do: that is not slow. */
static bool is_halt(const struct exit_fact *fact)
{
	const struct exit_concept *concept = exit_concept(fact->isa, fact->reason);

	return concept && !strcmp(concept->name, "halt");
}

static void slow_add(struct report_recording *r, const struct exit_fact *fact)
{
	const uint64_t cost_ns = fact->kernel_ns + fact->user_ns;
	uint32_t at = r->slow_cnt;

	if (is_halt(fact) || (at == REPORT_SLOW_MAX && cost_ns <= r->slow[at - 1].cost_ns))
		return;
	while (at && r->slow[at - 1].cost_ns < cost_ns)
		at--;
	r->slow_cnt += r->slow_cnt < REPORT_SLOW_MAX;
	memmove(&r->slow[at + 1], &r->slow[at], (r->slow_cnt - at - 1) * sizeof(r->slow[0]));
	r->slow[at] = (struct report_slow){
		.fact = *fact, .off_cpu = *fact->off_cpu, .vm = fact->vm->number, .cost_ns = cost_ns,
	};
	r->slow[at].fact.off_cpu = NULL;
}

static void on_exit_fact(void *owner, const struct exit_fact *fact)
{
	struct report_recording *r = owner;
	struct report_lane *lane = lane_of(r, fact);

	if (!r->bin_ns) {
		r->bin_ns = 1;
		r->origin_ns = fact->begin_ns - fact->guest_ns;
	}
	exit_table_add(&r->reasons, fact);
	exit_table_add(&r->concepts, fact);
	slow_add(r, fact);
	if (lane)
		lane_add_exit(r, lane, fact);
	else
		r->beyond_cnt++;
}

struct observer report_observer(struct report_recording *r)
{
	r->reasons.by = BY_REASON;
	r->concepts.by = BY_CONCEPT;
	return (struct observer){ .owner = r, .exit = on_exit_fact };
}

void report_recording_release(struct report_recording *r)
{
	for (uint32_t i = 0; i < r->lane_cnt; i++)
		free(r->lanes[i]);
	exit_table_release(&r->reasons);
	exit_table_release(&r->concepts);
}
