/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sums slots into lines: by VM, by vCPU, by reason. */
#include "bpf/live_table.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/kb.h"

uint64_t live_bucket_end(unsigned int bucket)
{
	return (uint64_t)(5 + bucket % 4) << (bucket / 4 + LIVE_NS_SHIFT);
}

unsigned int live_bucket_of(uint64_t ns)
{
	unsigned int bucket = 0;

	while (bucket + 1 < LIVE_BUCKET_CNT && ns >= live_bucket_end(bucket))
		bucket++;
	return bucket;
}

uint64_t live_percentile(const uint64_t *buckets, unsigned int percent)
{
	uint64_t all = 0, seen = 0;

	for (unsigned int i = 0; i < LIVE_BUCKET_CNT; i++)
		all += buckets[i];
	for (unsigned int i = 0; all && i < LIVE_BUCKET_CNT; i++) {
		seen += buckets[i];
		if (seen * 100 >= all * percent)
			return live_bucket_end(i);
	}
	return 0;
}

bool live_row_reason(int row, uint32_t *reason)
{
	if (row < LIVE_PLAIN_CNT)
		*reason = (uint32_t)row;
	else
		*reason = LIVE_NESTED_CODE + (uint32_t)(row - LIVE_PLAIN_CNT);
	return row < LIVE_OTHER;
}

uint32_t live_row_details(uint32_t isa, int row)
{
	static const struct { const char *concept; uint32_t kinds; } rows[] = {
		{ "io", 1u << LIVE_PORT },
		{ "memory", 1u << LIVE_MMIO | 1u << LIVE_PAGE },
		{ "msr", 1u << LIVE_MSR },
		{ "cpuid", 1u << LIVE_CPUID },
	};
	const struct exit_concept *concept;
	uint32_t reason;

	if (!live_row_reason(row, &reason))
		return 0;
	concept = exit_concept(isa, reason);
	for (size_t i = 0; concept && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(concept->name, rows[i].concept))
			return rows[i].kinds;
	return 0;
}

/* --- lines ------------------------------------------------------------------------ */

static struct live_line *line_new(struct live_table *table)
{
	struct live_line *line;

	if (table->cnt == table->capacity) {
		size_t capacity = table->capacity ? 2 * table->capacity : 32;
		struct live_line *more = reallocarray(table->lines, capacity, sizeof(*more));

		if (!more)
			return NULL;
		table->lines = more;
		table->capacity = capacity;
	}
	line = &table->lines[table->cnt++];
	memset(line, 0, sizeof(*line));
	return line;
}

static bool is_in_line(const struct live_line *line, const struct live_slot *slot, uint64_t vm, int row,
		       enum live_level level)
{
	switch (level) {
	case LIVE_BY_VM:
		return line->vm == vm;
	case LIVE_BY_VCPU:
		return line->vm == vm && line->vcpu_id == slot->vcpu_id && line->tid == slot->tid;
	case LIVE_BY_REASON:
		return line->row == row && line->isa == slot->isa;
	case LIVE_BY_ROW:
		return line->vm == vm && line->vcpu_id == slot->vcpu_id && line->tid == slot->tid &&
		       line->row == row;
	default:
		return false;
	}
}

static void line_name(struct live_line *line, enum live_level level)
{
	struct text *t = &line->name;
	uint32_t reason;

	if (level == LIVE_BY_VM) {
		text_add(t, "%s, process %u", line->comm, line->tgid);
	} else if (level == LIVE_BY_VCPU) {
		if (line->vcpu_id >= 0)
			text_add(t, "vCPU %d, ", line->vcpu_id);
		text_add(t, "thread %u", line->tid);
	} else if (live_row_reason(line->row, &reason)) {
		exit_add_name(t, line->isa, reason);
	} else {
		text_add(t, "(rarer reasons)");
	}
}

/* Until 5.17 the VM is not to be had: its process stands for it. */
static uint64_t slot_vm(const struct live_slot *slot)
{
	return slot->vm ? slot->vm : slot->tgid;
}

static struct live_line *line_of(struct live_table *table, const struct live_slot *slot, int row,
				 enum live_level level)
{
	uint64_t vm = slot_vm(slot);
	struct live_line *line;

	for (size_t i = 0; i < table->cnt; i++)
		if (is_in_line(&table->lines[i], slot, vm, row, level))
			return &table->lines[i];
	line = line_new(table);
	if (!line)
		return NULL;
	line->vm = vm;
	line->tgid = slot->tgid;
	line->tid = slot->tid;
	line->isa = slot->isa;
	line->vcpu_id = slot->vcpu_id;
	line->row = row;
	memcpy(line->comm, slot->comm, sizeof(line->comm));
	line->comm[sizeof(line->comm) - 1] = '\0';
	text_make_safe(line->comm);
	line_name(line, level);
	return line;
}

/* --- sums --------------------------------------------------------------------------- */

static void row_add(struct live_line *line, const struct live_row *now, const struct live_row *before)
{
	line->cnt += now->cnt - before->cnt;
	line->ns += now->ns - before->ns;
	line->total += now->cnt;
	line->total_ns += now->ns;
	for (unsigned int i = 0; i < LIVE_BUCKET_CNT; i++) {
		line->buckets[i] += now->buckets[i] - before->buckets[i];
		line->total_buckets[i] += now->buckets[i];
	}
}

bool live_slot_is_in_focus(const struct live_slot *slot, const struct live_focus *focus)
{
	return slot->key && (!focus->vm || focus->vm == slot_vm(slot)) &&
	       (!focus->tid || focus->tid == slot->tid);
}

/* Else another vCPU has had the slot before. */
static bool is_same_vcpu(const struct live_slot *now, const struct live_slot *before)
{
	return before->key != LIVE_KEY_FREE && before->key != LIVE_KEY_GONE &&
	       (now->key == before->key || now->key == LIVE_KEY_GONE) && now->vm == before->vm &&
	       now->tid == before->tid && now->vcpu_id == before->vcpu_id;
}

static bool slot_add(struct live_table *table, const struct live_slot *now, const struct live_slot *before,
		     const struct live_focus *focus)
{
	static const struct live_slot none;
	uint64_t guest_ns;

	if (!is_same_vcpu(now, before))
		before = &none;
	guest_ns = now->guest_ns - before->guest_ns;
	table->sum_guest_ns += guest_ns;
	if (focus->level == LIVE_BY_VM || focus->level == LIVE_BY_VCPU) {
		struct live_line *line = line_of(table, now, 0, focus->level);

		if (!line)
			return false;
		line->guest_ns += guest_ns;
		line->total_guest_ns += now->guest_ns;
	}
	for (int row = 0; row < LIVE_REASON_CNT; row++) {
		struct live_line *line;

		if (!now->rows[row].cnt || (focus->row >= 0 && focus->row != row))
			continue;
		line = line_of(table, now, row, focus->level);
		if (!line)
			return false;
		row_add(line, &now->rows[row], &before->rows[row]);
		table->sum_cnt += now->rows[row].cnt - before->rows[row].cnt;
		table->sum_ns += now->rows[row].ns - before->rows[row].ns;
	}
	return true;
}

static void lines_filter(struct live_table *table, const char *filter)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->cnt; i++)
		if (strcasestr(table->lines[i].name.at, filter))
			table->lines[kept++] = table->lines[i];
	table->cnt = kept;
}

bool live_table_fill(struct live_table *table, const struct live_slot *now, const struct live_slot *before,
		     uint32_t slot_cnt, const struct live_focus *focus, enum live_sort sort)
{
	table->cnt = 0;
	table->sum_cnt = table->sum_ns = table->sum_guest_ns = 0;
	for (uint32_t i = 0; focus->level != LIVE_BY_DETAIL && i < slot_cnt; i++)
		if (live_slot_is_in_focus(&now[i], focus) && !slot_add(table, &now[i], &before[i], focus))
			return false;
	if (focus->filter && *focus->filter)
		lines_filter(table, focus->filter);
	live_table_sort(table, sort);
	return true;
}

/* --- details ---------------------------------------------------------------------------- */

static void detail_name(struct text *t, const struct live_detail *d)
{
	static const char *const words[LIVE_DETAIL_CNT][2] = {
		[LIVE_PORT] = { "in", "out" },	    [LIVE_MMIO] = { "mmio read", "mmio write" },
		[LIVE_MSR] = { "rdmsr", "wrmsr" }, [LIVE_CPUID] = { "cpuid", "cpuid" },
		[LIVE_PAGE] = { "page", "page" },
	};
	const char *name = NULL;

	text_add(t, "%s 0x%llx", words[d->kind][d->is_write != 0], (unsigned long long)d->value);
	if (d->kind == LIVE_PORT)
		name = kb_port_name((uint32_t)d->value);
	else if (d->kind == LIVE_MSR)
		name = kb_msr_name((uint32_t)d->value);
	else if (d->kind == LIVE_CPUID)
		name = kb_cpuid_leaf((uint32_t)d->value);
	if (name)
		text_add(t, "  %s", name);
}

bool live_table_add_detail(struct live_table *table, const struct live_seen_detail *seen)
{
	const struct live_detail *detail = &seen->detail;
	struct live_line *line;

	if (detail->kind >= LIVE_DETAIL_CNT)
		return true;
	line = line_new(table);
	if (!line)
		return false;
	line->tid = detail->tid;
	line->row = -1;
	line->vcpu_id = -1;
	line->cnt = seen->cnt;
	line->total = seen->total;
	table->sum_cnt += line->cnt;
	detail_name(&line->name, detail);
	return true;
}

void live_table_release(struct live_table *table)
{
	free(table->lines);
	*table = (struct live_table){ 0 };
}
