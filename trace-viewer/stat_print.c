/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exit mix as tables: a row for each key, the dearest first, their sum, and where the time went. */
#include "trace-viewer/stat_print.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/grid.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/summary.h"

static void put_line(const struct output *out, enum style style, struct text *t)
{
	text_fit(t, out->width, out->is_ascii);
	output_put(out, style, t->at);
	output_put(out, STYLE_PLAIN, "\n");
}

/* --- the table of exits --------------------------------------------------------------- */

/* Times a second, of a table's own time from its first exit to its last. */
static void add_rate(struct grid *grid, uint64_t cnt, const struct exit_table *table)
{
	uint64_t ns = table->last_ns - table->first_ns;
	struct text t;

	text_clear(&t);
	if (ns)
		text_add_rate(&t, (double)cnt * 1e9 / (double)ns);
	grid_text(grid, &t);
}

static void add_row(struct grid *grid, const struct exit_row *row, const struct exit_table *table,
		    const struct text *name, enum style style, bool ascii)
{
	static const unsigned int percents[] = { 50, 90, 99, 100 };
	const struct text empty = { .sz = 0 };

	grid_row(grid, style);
	grid_text(grid, name);
	grid_count(grid, row->cnt);
	grid_share(grid, row->cnt, table->sum.cnt);
	add_rate(grid, row->cnt, table);
	grid_count(grid, row->user_cnt);
	grid_ns(grid, exit_row_ns(row), ascii);
	grid_share(grid, exit_row_ns(row), exit_row_ns(&table->sum));
	grid_ns(grid, row->kernel_ns, ascii);
	grid_ns(grid, row->user_ns, ascii);
	if (table->sum.off_cpu_ns)
		grid_ns(grid, row->off_cpu_ns, ascii);
	else
		grid_text(grid, &empty);
	for (unsigned int i = 0; i < 4 && row->costs.cnt; i++)
		grid_ns(grid, hist_percentile(&row->costs, percents[i]), ascii);
}

static void print_exits(const struct output *out, const struct exit_stat *stat,
			const struct exit_table *table, const struct exit_row *const *rows, uint32_t cnt)
{
	const struct grid_column columns[] = {
		{ exit_by_title(stat->by), 0 }, { "COUNT", 0 }, { "SHARE", 2 }, { "PER S", 6 },
		{ "TO VMM", 5 }, { "TIME", 1 }, { "SHARE", 7 }, { "KERNEL", 3 }, { "VMM", 3 },
		{ "OFF CPU", 4 }, { "P50", 0 }, { "P90", 4 }, { "P99", 0 }, { "MAX", 0 },
	};
	struct grid *grid = grid_new(columns, sizeof(columns) / sizeof(columns[0]));
	uint32_t top = stat->options.top && stat->options.top < (long)cnt ? (uint32_t)stat->options.top : cnt;
	struct exit_row rest = { .cnt = 0 };
	uint32_t rest_cnt = 0;
	struct text name;

	for (uint32_t i = 0; i < cnt; i++) {
		if (i >= top && !exit_key_is_none(&rows[i]->key)) {
			rest_cnt++;
			exit_row_merge(&rest, rows[i]);
			continue;
		}
		text_clear(&name);
		exit_key_add(&name, stat->by, &rows[i]->key);
		add_row(grid, rows[i], table, &name, STYLE_EXIT, out->is_ascii);
	}
	if (rest_cnt) {
		text_clear(&name);
		text_add(&name, "(");
		text_add_count(&name, rest_cnt);
		text_add(&name, " more)");
		add_row(grid, &rest, table, &name, STYLE_DIM, out->is_ascii);
	}
	text_clear(&name);
	text_add(&name, "all");
	add_row(grid, &table->sum, table, &name, STYLE_HEAD, out->is_ascii);
	grid_print(grid, out);
	grid_free(grid);
	exit_row_release(&rest);
}

static void add_part(struct text *t, const char *name, uint64_t ns, uint64_t all, bool ascii)
{
	text_add(t, "%s", name);
	text_add_ns(t, ns, ascii);
	text_add(t, " (");
	text_add_share(t, ns, all);
	text_add(t, ")");
}

/* "time: guest 613 µs (7.6 %), kernel 1.55 ms (19.2 %), VMM 5.89 ms (73.1 %)" */
static void print_time(const struct output *out, const struct exit_row *sum)
{
	uint64_t all = sum->guest_ns + exit_row_ns(sum);
	bool ascii = out->is_ascii;
	struct text t;

	text_clear(&t);
	text_add(&t, "time: ");
	add_part(&t, "guest ", sum->guest_ns, all, ascii);
	add_part(&t, ", kernel ", sum->kernel_ns, all, ascii);
	add_part(&t, ", VMM ", sum->user_ns, all, ascii);
	if (sum->off_cpu_ns)
		add_part(&t, "; off CPU in these ", sum->off_cpu_ns, all, ascii);
	put_line(out, STYLE_DIM, &t);
}

/* --- histograms -------------------------------------------------------------------------- */

static void add_bar(struct text *t, uint64_t cnt, uint64_t most, size_t cells, bool ascii)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	uint64_t parts = (uint64_t)((double)cnt / (double)most * (double)(8 * cells) + .5);

	parts = parts ? parts : 1; /* something is never nothing */
	for (uint64_t i = 0; i < parts / 8 + (ascii && parts % 8); i++)
		text_add(t, "%s", ascii ? "#" : "█");
	if (!ascii)
		text_add(t, "%s", eighths[parts % 8]);
}

static void print_histogram(const struct output *out, const struct exit_stat *stat, const struct exit_row *row)
{
	uint64_t counts[HIST_POWERS], most = 1;
	int first = -1, last = -1;
	struct text t;

	hist_powers(&row->costs, counts);
	for (int i = 0; i < HIST_POWERS; i++) {
		if (!counts[i])
			continue;
		first = first < 0 ? i : first;
		last = i;
		most = counts[i] > most ? counts[i] : most;
	}
	text_clear(&t);
	text_add(&t, "\n");
	exit_key_add(&t, stat->by, &row->key);
	put_line(out, STYLE_EXIT, &t);
	for (int i = first; first >= 0 && i <= last; i++) {
		struct text count;

		text_clear(&count);
		text_add_count(&count, counts[i]);
		text_clear(&t);
		text_add(&t, "  from ");
		text_add_ns(&t, i ? 1ull << i : 0, out->is_ascii);
		text_pad(&t, 16);
		text_add(&t, "%*s  ", (int)(10 - (count.sz < 10 ? count.sz : 10)) + (int)count.sz, count.at);
		if (counts[i])
			add_bar(&t, counts[i], most, out->width - text_cells(t.at) - 1, out->is_ascii);
		while (t.sz && t.at[t.sz - 1] == ' ')
			t.at[--t.sz] = '\0';
		put_line(out, STYLE_PLAIN, &t);
	}
}

/* --- one VM ---------------------------------------------------------------------------------- */

static void table_print(const struct output *out, const struct exit_stat *stat, const struct exit_table *table)
{
	const struct exit_row **rows;
	uint32_t cnt = exit_table_sort(table, stat->sort, &rows);

	if (!table->sum.cnt)
		output_put(out, STYLE_PLAIN, "no exits\n");
	if (cnt) {
		print_exits(out, stat, table, rows, cnt);
		print_time(out, &table->sum);
	}
	for (uint32_t i = 0; stat->options.has_histogram && i < cnt; i++)
		if (rows[i]->costs.cnt && (!stat->options.top || i < (uint32_t)stat->options.top))
			print_histogram(out, stat, rows[i]);
	free(rows);
}

/* --- the create path ---------------------------------------------------------------------------- */

static void add_step(struct grid *grid, const struct stat_step *step, uint64_t all_ns, bool ascii)
{
	const struct hist *h = &step->times;
	struct text name;

	text_clear(&name);
	text_add(&name, "%*s", 2 * (int)(step->depth - 1), "");
	if (step->func)
		text_add(&name, "%s", step->func->symbol);
	else
		ioctl_add_name(&name, step->cmd);
	grid_row(grid, step->func ? STYLE_KVM : STYLE_IOCTL);
	grid_text(grid, &name);
	grid_count(grid, h->cnt);
	grid_ns(grid, h->sum, ascii);
	grid_share(grid, h->sum, all_ns);
	grid_ns(grid, h->sum > step->below_ns ? h->sum - step->below_ns : 0, ascii);
	grid_ns(grid, hist_percentile(h, 50), ascii);
	grid_ns(grid, h->max, ascii);
	for (const struct stat_step *child = step->first; child; child = child->next)
		add_step(grid, child, all_ns, ascii);
}

static void print_create(const struct output *out, const struct exit_stat *stat)
{
	static const struct grid_column columns[] = {
		{ "STEP", 0 }, { "COUNT", 1 }, { "TIME", 0 }, { "SHARE", 3 }, { "ITS OWN", 0 },
		{ "P50", 2 }, { "MAX", 2 },
	};
	struct grid *grid = grid_new(columns, sizeof(columns) / sizeof(columns[0]));

	output_put(out, STYLE_PLAIN, "\n");
	output_lines(out, STYLE_HEAD, "the create path: every ioctl but KVM_RUN, and what it calls");
	for (const struct stat_step *step = stat->create.first; step; step = step->next)
		add_step(grid, step, stat->create.below_ns, out->is_ascii);
	grid_print(grid, out);
	grid_free(grid);
	if (stat->step_beyond_cnt)
		output_put(out, STYLE_BAD, "note: there are more steps than could be kept\n");
}

void stat_print(const struct output *out, const struct model *model, const struct exit_stat *stat)
{
	struct exit_table all = { .by = stat->by };
	unsigned int shown_cnt = 0;

	summary_print_head(out, model);
	for (uint32_t i = 1; i <= model->vm_cnt + 1; i++) {
		const struct vm *vm = model->vms[i <= model->vm_cnt ? i : 0];
		const struct exit_table empty = { .by = stat->by };
		const struct exit_table *table = stat->vms[vm->number];

		if (!vm->vcpus || (stat->options.vm && stat->options.vm != (long)vm->number))
			continue;
		shown_cnt++;
		output_put(out, STYLE_PLAIN, "\n");
		if (model->vm_cnt > 1 || !vm->number)
			summary_print_vm(out, vm);
		table_print(out, stat, table ? table : &empty);
		if (table)
			exit_table_merge(&all, table);
	}
	if (shown_cnt > 1) {
		output_put(out, STYLE_HEAD, "\nall VMs together\n");
		table_print(out, stat, &all);
	}
	if (!shown_cnt)
		output_put(out, STYLE_PLAIN, "\nno VM ran in this recording\n");
	stat_off_cpu_print(out, stat);
	if (stat->options.has_create)
		print_create(out, stat);
	exit_table_release(&all);
	summary_print_notes(out, model);
}
