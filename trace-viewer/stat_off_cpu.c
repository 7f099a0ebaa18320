/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree stat: time without a CPU, by why and by who had the CPU. */
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/grid.h"
#include "trace-viewer/stat.h"
#include "trace-viewer/stat_print.h"

/* Who runs while a thread waits for something else has nothing to do with it: one row for all. */
static bool is_row(const struct stat_off_cpu *row, const struct off_cpu_span *span)
{
	const struct off_cpu_span *worst = &row->sum.worst;

	return worst->why == span->why &&
	       (span->why == OFF_CPU_BLOCKED || !strcmp(worst->next_comm, span->next_comm));
}

void stat_off_cpu_add(void *owner, const struct off_cpu_fact *fact)
{
	struct exit_stat *stat = owner;
	uint32_t i = 0;

	if ((stat->options.vm && stat->options.vm != (long)fact->vm->number) ||
	    (stat->options.vcpu >= 0 && stat->options.vcpu != fact->vcpu_id))
		return;
	while (i < stat->off_cpu_cnt && !is_row(&stat->off_cpu[i], fact->span))
		i++;
	if (i == STAT_OFF_CPU_MAX) {
		off_cpu_add(&stat->off_cpu_beyond, fact->span);
		return;
	}
	stat->off_cpu_cnt += i == stat->off_cpu_cnt;
	off_cpu_add(&stat->off_cpu[i].sum, fact->span);
	if (fact->span->woken_ns)
		stat->off_cpu[i].runnable_ns += fact->span->in_ns - fact->span->woken_ns;
	else if (fact->span->why != OFF_CPU_BLOCKED)
		stat->off_cpu[i].runnable_ns += off_cpu_ns(fact->span);
}

static int by_time(const void *a, const void *b)
{
	const struct stat_off_cpu *x = a, *y = b;

	if (x->sum.ns != y->sum.ns)
		return x->sum.ns < y->sum.ns ? 1 : -1;
	return strcmp(x->sum.worst.next_comm, y->sum.worst.next_comm);
}

static void add_row(struct grid *grid, const struct off_cpu_sum *sum, const struct text *name,
		    uint64_t runnable_ns, uint64_t all_ns, bool ascii)
{
	struct text worst;

	grid_row(grid, STYLE_PLAIN);
	grid_text(grid, name);
	grid_count(grid, sum->cnt);
	grid_ns(grid, sum->ns, ascii);
	grid_share(grid, sum->ns, all_ns);
	grid_ns(grid, runnable_ns, ascii);
	grid_ns(grid, off_cpu_ns(&sum->worst), ascii);
	text_clear(&worst);
	if (sum->worst.next_tid)
		text_add(&worst, "%s %u", sum->worst.next_comm, sum->worst.next_tid);
	else
		text_add(&worst, "nobody");
	grid_text(grid, &worst);
}

void stat_off_cpu_print(const struct output *out, const struct exit_stat *stat)
{
	static const struct grid_column columns[] = {
		{ "OFF CPU", 0 }, { "COUNT", 0 }, { "TIME", 0 }, { "SHARE", 2 }, { "FOR A CPU", 1 },
		{ "MAX", 0 }, { "WHO RAN THEN", 1 },
	};
	struct stat_off_cpu rows[STAT_OFF_CPU_MAX];
	uint64_t all_ns = stat->off_cpu_beyond.ns;
	struct grid *grid;
	struct text name;

	if (!stat->off_cpu_cnt)
		return;
	memcpy(rows, stat->off_cpu, sizeof(rows));
	qsort(rows, stat->off_cpu_cnt, sizeof(rows[0]), by_time);
	for (uint32_t i = 0; i < stat->off_cpu_cnt; i++)
		all_ns += rows[i].sum.ns;
	grid = grid_new(columns, sizeof(columns) / sizeof(columns[0]));
	output_put(out, STYLE_HEAD, "\ntime of the vCPUs' threads without a CPU\n");
	for (uint32_t i = 0; i < stat->off_cpu_cnt; i++) {
		const struct off_cpu_span *worst = &rows[i].sum.worst;

		text_clear(&name);
		text_add(&name, "%s", off_cpu_word(worst->why));
		if (worst->why != OFF_CPU_BLOCKED)
			text_add(&name, " by %s", worst->next_comm);
		add_row(grid, &rows[i].sum, &name, rows[i].runnable_ns, all_ns,
			out->is_ascii);
	}
	if (stat->off_cpu_beyond.cnt) {
		text_clear(&name);
		text_add(&name, "(others)");
		add_row(grid, &stat->off_cpu_beyond, &name, 0, all_ns, out->is_ascii);
	}
	grid_print(grid, out);
	grid_free(grid);
}
