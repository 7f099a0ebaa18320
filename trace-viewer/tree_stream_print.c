/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints the sections of a tree_stream: VM by VM, thread by thread, as tree_print.c does. */
#include <errno.h>
#include <stdlib.h>

#include "trace-viewer/summary.h"
#include "trace-viewer/tree_lines.h"
#include "trace-viewer/tree_text.h"

/* --- sections ---------------------------------------------------------------------- */

static void section_print(struct printer *p, struct section *section, uint32_t base);

static void thread_print(struct printer *p, struct section *section, uint32_t level, bool is_last)
{
	static struct tree_row row;

	if (p->options->depth && (long)level >= p->options->depth)
		return;
	lines_prefix(p, level, is_last);
	tree_row_fill(&row, section->thread, p->out->is_ascii);
	lines_flush(p);
	layout_row(&p->layout, &p->own, &p->prefix, &row);
	section_print(p, section, level + 1);
}

/* `base` is the level of the section's roots. */
static void section_print(struct printer *p, struct section *section, uint32_t base)
{
	struct read_line *now = malloc(sizeof(*now)), *next = malloc(sizeof(*next)), *swap;
	const long depth = p->options->depth;
	bool has_next;

	spool_rewind(&section->lines);
	has_next = now && next && line_read(section, now);
	while (has_next) {
		uint32_t level = base + now->line.level;
		bool opens;

		has_next = line_read(section, next);
		opens = has_next && next->line.level > now->line.level && (!depth || (long)level + 1 < depth);
		if (level + 2 >= LEVELS_MAX)
			; /* no terminal is so wide */
		else if (now->line.flags & LINE_IS_THREAD)
			thread_print(p, p->by_number[now->line.cells], level, now->line.flags & LINE_IS_LAST);
		else if (!depth || (long)level < depth)
			line_print(p, now, level, opens);
		swap = now;
		now = next;
		next = swap;
	}
	free(now);
	free(next);
}

/* --- VMs --------------------------------------------------------------------------- */

static bool is_shown(const struct printer *p, const struct vm *vm)
{
	return vm->root->first && (!p->options->vm || p->options->vm == (long)vm->number);
}

static bool is_wanted(const struct printer *p, const struct node *part)
{
	return NODE_AS_CONST(thread, part)->section &&
	       (p->options->vcpu < 0 || part->vcpu == NODE_VCPU_NONE || part->vcpu == NODE_VCPU_MIXED ||
		part->vcpu == p->options->vcpu);
}

/* What the sections of threads that other threads created are indented by is in their lines. */
static void widths_merge(struct printer *p, struct section *section, uint32_t base)
{
	struct read_line *r = malloc(sizeof(*r));

	layout_merge(&p->layout, &section->widths, 3 * (size_t)base);
	spool_rewind(&section->lines);
	while (section->has_nested && r && line_read(section, r)) {
		struct tree_row row;
		struct text none;

		if (!(r->line.flags & LINE_IS_THREAD))
			continue;
		text_clear(&none);
		text_pad(&none, 3 * (size_t)(base + r->line.level));
		tree_row_fill(&row, p->by_number[r->line.cells]->thread, p->out->is_ascii);
		layout_measure(&p->layout, &none, &row, ROW_FIRM);
		widths_merge(p, p->by_number[r->line.cells], base + r->line.level + 1);
	}
	free(r);
}

static void vm_measure(struct printer *p, const struct vm *vm)
{
	for (const struct node *part = vm->root->first; part; part = part->next) {
		bool is_first = part == vm->root->first;

		if (!NODE_AS_CONST(thread, part)->section || (!is_first && !is_wanted(p, part)))
			continue;
		widths_merge(p, NODE_AS_CONST(thread, part)->section, is_first ? 0 : 1);
	}
}

/* The first thread part is the VM itself; what other threads did has a line that says so. */
static void vm_print(struct printer *p, const struct vm *vm)
{
	news_clear(&p->news);
	p->vm_number = vm->number;
	for (const struct node *part = vm->root->first; part; part = part->next) {
		struct section *section = NODE_AS_CONST(thread, part)->section;

		if (section && part == vm->root->first)
			section_print(p, section, 0);
		else if (is_wanted(p, part))
			thread_print(p, section, 0, false);
	}
	lines_flush(p);
	if (vm->number)
		summary_print_end(p->out, vm);
}

static unsigned int vms_measure(struct printer *p, const struct model *model)
{
	unsigned int shown_cnt = 0;

	for (uint32_t i = 0; i <= model->vm_cnt; i++) {
		if (!is_shown(p, model->vms[i]))
			continue;
		vm_measure(p, model->vms[i]);
		shown_cnt++;
	}
	return shown_cnt;
}

static void vms_print(struct printer *p, const struct model *model)
{
	bool is_titled = model->vm_cnt > 1 || model->vms[0]->root->first;

	layout_settle(&p->layout);
	layout_titles(&p->layout);
	for (uint32_t i = 1; i <= model->vm_cnt + 1; i++) {
		const struct vm *vm = model->vms[i <= model->vm_cnt ? i : 0];

		if (!is_shown(p, vm))
			continue;
		p->own_level = 0;
		if (is_titled) {
			output_put(p->out, STYLE_PLAIN, "\n");
			summary_print_vm(p->out, vm);
		}
		vm_print(p, vm);
	}
	if (!p->options->has_legend)
		layout_legend(&p->layout);
}

int tree_stream_print(struct tree_stream *s, const struct output *out, const struct model *model,
		      const struct tree_options *options)
{
	struct printer *p = calloc(1, sizeof(*p));

	if (p)
		p->by_number = calloc(s->section_cnt + 1, sizeof(struct section *));
	if (!p || !p->by_number) {
		free(p);
		return -ENOMEM;
	}
	p->out = p->layout.out = out;
	p->options = options;
	p->stream = s;
	for (struct section *section = s->sections; section; section = section->next)
		p->by_number[section->number] = section;
	summary_print_head(out, model);
	output_put(out, STYLE_PLAIN, "\n");
	if (vms_measure(p, model))
		vms_print(p, model);
	else
		output_put(out, STYLE_PLAIN, "nothing in this recording is what was asked for\n");
	tree_print_end(out, model, options);
	free(p->by_number);
	free(p);
	return s->spool.err;
}
