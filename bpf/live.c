/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Looks at the kernel's counts: copies of all slots, details while they are wanted. */
#include "bpf/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/clock.h"

bool live_is_due(uint64_t *next_ns, int interval_ms)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	if (now_ns < *next_ns)
		return false;
	*next_ns = now_ns + (uint64_t)interval_ms * 1000000u;
	return true;
}

int live_begin(struct live *live, pid_t tgid, uint32_t slot_cnt, char *why, size_t why_sz)
{
	int err;

	*live = (struct live){ .slot_cnt = slot_cnt };
	live->now = calloc(slot_cnt, sizeof(*live->now));
	live->before = calloc(slot_cnt, sizeof(*live->before));
	if (!live->now || !live->before) {
		live_end(live);
		snprintf(why, why_sz, "room for %u vCPUs: no memory; ask for less with --vcpus", slot_cnt);
		return -ENOMEM;
	}
	err = live_kernel_begin(&live->kernel, tgid, slot_cnt, why, why_sz);
	if (err) {
		live_end(live);
		return err;
	}
	live->now_ns = clock_ns(CLOCK_MONOTONIC);
	return 0;
}

void live_end(struct live *live)
{
	live_kernel_end(live->kernel);
	free(live->now);
	free(live->before);
	live_details_release(&live->details);
	*live = (struct live){ 0 };
}

/* --- details -------------------------------------------------------------------- */

static bool detail_take(const struct live_detail *detail, uint64_t total, void *arg)
{
	return live_details_take(arg, detail, total);
}

static void details_look(struct live *live, bool is_wanted)
{
	int err = live_kernel_set_details(live->kernel, is_wanted);

	if (!err && is_wanted)
		err = live_kernel_details(live->kernel, detail_take, &live->details);
	live->why_refused = err ? strerror(-err) : NULL;
	if (!err && is_wanted)
		live_details_settle(&live->details);
	else
		live_details_keep(&live->details);
}

/* Where the kernel does not tell that a vCPU is gone, its thread is. */
static bool is_thread_gone(const struct live_slot *slot)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/task/%u", slot->tgid, slot->tid);
	return access(path, F_OK) != 0;
}

/* --- slots ------------------------------------------------------------------------ */

void live_look(struct live *live, bool has_details)
{
	const struct live_slot *slots = live_kernel_slots(live->kernel);
	struct live_slot *oldest = live->before;

	live->before = live->now;
	live->now = oldest;
	live->before_ns = live->now_ns;
	live->now_ns = clock_ns(CLOCK_MONOTONIC);
	for (uint32_t i = 0; i < live->slot_cnt; i++) {
		/* free, and free the last time: nothing to copy */
		if (!slots[i].key && !live->now[i].key)
			continue;
		memcpy(&live->now[i], &slots[i], sizeof(slots[i]));
		if (slots[i].key && !live_kernel_sees_end(live->kernel) && is_thread_gone(&slots[i]))
			live->now[i].key = LIVE_KEY_GONE;
		/* what it counted is in the copy; the next look will not find it */
		if (live->now[i].key == LIVE_KEY_GONE)
			live_kernel_slot_free(live->kernel, i);
	}
	details_look(live, has_details);
}

/* A detail knows its thread: whether that is of the VM the focus is on, the slots know. */
static bool is_detail_in_focus(const struct live *live, const struct live_detail *detail,
			       const struct live_focus *focus)
{
	if (focus->detail_kinds && !(focus->detail_kinds >> detail->kind & 1))
		return false;
	if (focus->tid || !focus->vm)
		return !focus->tid || focus->tid == detail->tid;
	for (uint32_t i = 0; i < live->slot_cnt; i++)
		if (live->now[i].tid == detail->tid && live_slot_is_in_focus(&live->now[i], focus))
			return true;
	return false;
}

bool live_fill(const struct live *live, struct live_table *table, const struct live_focus *focus,
	       enum live_sort sort)
{
	table->seconds = (double)(live->now_ns - live->before_ns) / 1e9;
	if (!live_table_fill(table, live->now, live->before, live->slot_cnt, focus, sort))
		return false;
	if (focus->level != LIVE_BY_DETAIL)
		return true;
	for (size_t i = 0; i < live->details.seen.cnt; i++) {
		const struct live_seen_detail *seen = &live->details.seen.at[i];

		if (!is_detail_in_focus(live, &seen->detail, focus))
			continue;
		if (!live_table_add_detail(table, seen))
			return false;
	}
	live_table_sort(table, sort);
	return true;
}
