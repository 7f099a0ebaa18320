/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exit mix as a table: a row for each reason, the dearest first, and their sum. */
#include "trace-viewer/stat_print.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/summary.h"

/* A table of rows gathered from vCPUs. */
struct mix {
	struct mix_row *rows;
	uint64_t guest_ns, entry_cnt;
};

static struct mix_row *row_get(struct mix *mix, uint32_t isa, uint32_t reason)
{
	struct mix_row *row;

	for (row = mix->rows; row; row = row->next)
		if (row->isa == isa && row->reason == reason)
			return row;
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->isa = isa;
	row->reason = reason;
	row->next = mix->rows;
	mix->rows = row;
	return row;
}

static void row_add(struct mix_row *into, const struct mix_row *from)
{
	into->user_cnt += from->user_cnt;
	into->kernel_ns += from->kernel_ns;
	into->user_ns += from->user_ns;
	into->open_cnt += from->open_cnt;
	hist_merge(&into->costs, &from->costs);
}

static void mix_add_vm(struct mix *mix, const struct vm *vm, long vcpu_id)
{
	for (const struct vcpu *vcpu = vm->vcpus; vcpu; vcpu = vcpu->next) {
		if (vcpu_id >= 0 && vcpu->id != vcpu_id)
			continue;
		mix->guest_ns += vcpu->guest_ns;
		mix->entry_cnt += vcpu->entry_cnt;
		for (const struct mix_row *row = vcpu->rows; row; row = row->next) {
			struct mix_row *sum = row_get(mix, row->isa, row->reason);

			if (sum)
				row_add(sum, row);
		}
	}
}

static void mix_release(struct mix *mix)
{
	struct mix_row *next;

	for (struct mix_row *row = mix->rows; row; row = next) {
		next = row->next;
		hist_release(&row->costs);
		free(row);
	}
}

static uint64_t row_cnt(const struct mix_row *row)
{
	return row->costs.cnt + row->open_cnt;
}

static uint64_t row_ns(const struct mix_row *row)
{
	return row->kernel_ns + row->user_ns;
}

static int dearer(const void *a, const void *b)
{
	const struct mix_row *x = *(const struct mix_row *const *)a;
	const struct mix_row *y = *(const struct mix_row *const *)b;

	if (row_ns(x) != row_ns(y))
		return row_ns(x) < row_ns(y) ? 1 : -1;
	if (row_cnt(x) != row_cnt(y))
		return row_cnt(x) < row_cnt(y) ? 1 : -1;
	return x->reason < y->reason ? -1 : x->reason > y->reason;
}

/* --- the table -------------------------------------------------------------- */

/* Where there is no room for all, those of the highest rank go first; rank 0 stays. */
static const struct {
	const char *title;
	int width, rank;
} columns[] = {
	{ "COUNT", 10, 0 }, { "SHARE", 7, 2 },	{ "USER", 9, 3 }, { "TOTAL", 8, 1 }, { "KERNEL", 8, 4 },
	{ "IN VMM", 8, 4 }, { "P50", 8, 0 },	{ "P99", 8, 0 },  { "MAX", 8, 0 },
};

#define COLUMN_CNT (sizeof(columns) / sizeof(columns[0]))
#define RANK_MAX   4

/* A line of the table, and the ranks that it has room for. */
struct line {
	struct text text;
	int rank_max;
};

static int rank_that_fits(size_t room)
{
	int rank = RANK_MAX;

	for (; rank > 0; rank--) {
		size_t width = 0;

		for (size_t i = 0; i < COLUMN_CNT; i++)
			if (columns[i].rank <= rank)
				width += 1 + (size_t)columns[i].width;
		if (width <= room)
			break;
	}
	return rank;
}

static void add_right(struct line *line, const struct text *value, size_t column)
{
	size_t has = text_cells(value->at), width = (size_t)columns[column].width;

	if (columns[column].rank > line->rank_max)
		return;
	text_add(&line->text, " %*s%s", (int)(has < width ? width - has : 0), "", value->at);
}

static void add_ns_cell(struct line *line, uint64_t ns, size_t column, bool ascii)
{
	struct text value;

	text_clear(&value);
	text_add_ns(&value, ns, ascii);
	add_right(line, &value, column);
}

static void add_count_cell(struct line *line, uint64_t cnt, size_t column)
{
	struct text value;

	text_clear(&value);
	text_add_count(&value, cnt);
	add_right(line, &value, column);
}

static void add_share_cell(struct line *line, uint64_t part, uint64_t all, size_t column)
{
	unsigned int permille = all ? (unsigned int)((double)part / (double)all * 1000 + .5) : 0;
	struct text value;

	text_clear(&value);
	text_add(&value, "%u.%u %%", permille / 10, permille % 10);
	add_right(line, &value, column);
}

static void print_row(const struct output *out, const char *name, size_t name_width,
		      const struct mix_row *row, uint64_t all_cnt, enum style style)
{
	struct line line = { .rank_max = rank_that_fits(out->width - name_width) };
	bool ascii = out->is_ascii;

	text_clear(&line.text);
	text_add(&line.text, "%s", name);
	text_fit(&line.text, name_width, ascii);
	text_pad(&line.text, name_width);
	output_put(out, style, line.text.at);
	text_clear(&line.text);
	add_count_cell(&line, row_cnt(row), 0);
	add_share_cell(&line, row_cnt(row), all_cnt, 1);
	add_count_cell(&line, row->user_cnt, 2);
	add_ns_cell(&line, row_ns(row), 3, ascii);
	add_ns_cell(&line, row->kernel_ns, 4, ascii);
	add_ns_cell(&line, row->user_ns, 5, ascii);
	for (unsigned int i = 0; i < 3 && row->costs.cnt; i++)
		add_ns_cell(&line, hist_percentile(&row->costs, i == 0 ? 50 : i == 1 ? 99 : 100),
			    6 + i, ascii);
	text_fit(&line.text, out->width - name_width, ascii);
	output_put(out, STYLE_PLAIN, line.text.at);
	output_put(out, STYLE_PLAIN, "\n");
}

static void print_titles(const struct output *out, size_t name_width)
{
	struct line line = { .rank_max = rank_that_fits(out->width - name_width) };
	struct text title;

	text_clear(&line.text);
	text_add(&line.text, "EXIT");
	text_pad(&line.text, name_width);
	for (size_t i = 0; i < COLUMN_CNT; i++) {
		text_clear(&title);
		text_add(&title, "%s", columns[i].title);
		add_right(&line, &title, i);
	}
	text_fit(&line.text, out->width, out->is_ascii);
	output_put(out, STYLE_HEAD, line.text.at);
	output_put(out, STYLE_PLAIN, "\n");
}

static void name_add(struct text *t, const struct mix_row *row)
{
	if (row->isa)
		exit_add_name(t, row->isa, row->reason);
	else
		text_add(t, "(reasons beyond the table)");
}

static void print_rows(const struct output *out, struct mix_row **rows, size_t cnt,
		       const struct mix *mix)
{
	struct mix_row sum = { .isa = 0 };
	size_t name_width = 8;
	struct text name;

	for (size_t i = 0; i < cnt; i++) {
		text_clear(&name);
		name_add(&name, rows[i]);
		if (text_cells(name.at) > name_width)
			name_width = text_cells(name.at);
		row_add(&sum, rows[i]);
	}
	if (name_width > 28)
		name_width = 28;
	print_titles(out, name_width);
	for (size_t i = 0; i < cnt; i++) {
		text_clear(&name);
		name_add(&name, rows[i]);
		print_row(out, name.at, name_width, rows[i], row_cnt(&sum), STYLE_EXIT);
	}
	print_row(out, "all", name_width, &sum, row_cnt(&sum), STYLE_HEAD);
	text_clear(&name);
	text_add(&name, "in the guest: ");
	text_add_ns(&name, mix->guest_ns, out->is_ascii);
	text_add(&name, " in ");
	text_add_count(&name, mix->entry_cnt);
	text_add(&name, " times");
	output_put(out, STYLE_DIM, name.at);
	output_put(out, STYLE_PLAIN, "\n");
	hist_release(&sum.costs);
}

static void mix_print(const struct output *out, struct mix *mix)
{
	struct mix_row **sorted;
	size_t cnt = 0, i = 0;

	for (struct mix_row *row = mix->rows; row; row = row->next)
		cnt++;
	if (!cnt) {
		output_put(out, STYLE_PLAIN, "no exits\n");
		return;
	}
	sorted = calloc(cnt, sizeof(*sorted));
	if (!sorted)
		return;
	for (struct mix_row *row = mix->rows; row; row = row->next)
		sorted[i++] = row;
	qsort(sorted, cnt, sizeof(*sorted), dearer);
	print_rows(out, sorted, cnt, mix);
	free(sorted);
}

void stat_print(const struct output *out, const struct model *model,
		const struct stat_options *options)
{
	struct mix all = { 0 };
	unsigned int shown_cnt = 0;

	summary_print_head(out, model);
	for (uint32_t i = 1; i <= model->vm_cnt + 1; i++) {
		const struct vm *vm = model->vms[i <= model->vm_cnt ? i : 0];
		struct mix mix = { 0 };

		if (!vm->vcpus || (options->vm && options->vm != (long)vm->number))
			continue;
		shown_cnt++;
		output_put(out, STYLE_PLAIN, "\n");
		if (model->vm_cnt > 1 || !vm->number)
			summary_print_vm(out, vm);
		mix_add_vm(&mix, vm, options->vcpu);
		mix_add_vm(&all, vm, options->vcpu);
		mix_print(out, &mix);
		mix_release(&mix);
	}
	if (shown_cnt > 1) {
		output_put(out, STYLE_HEAD, "\nall VMs together\n");
		mix_print(out, &all);
	}
	if (!shown_cnt)
		output_put(out, STYLE_PLAIN, "\nno VM ran in this recording\n");
	mix_release(&all);
	summary_print_notes(out, model);
}
