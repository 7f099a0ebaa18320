/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints the sections of a tree_stream: VM by VM, thread by thread, as tree_print.c does. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/news.h"
#include "trace-viewer/summary.h"
#include "trace-viewer/tree_legend.h"
#include "trace-viewer/tree_section.h"
#include "trace-viewer/tree_stream.h"
#include "trace-viewer/tree_text.h"

#define LEVELS_MAX 1024
#define ROW_MAX	   (2 * TEXT_MAX) /* bytes of a row that row_plain() makes */
#define PAGE_SZ	   (64u << 10)

struct printer {
	const struct output *out;
	const struct tree_options *options;
	struct tree_stream *stream;
	struct layout layout;
	struct news news;
	uint32_t vm_number; /* of the VM whose tree is printed */
	struct text own, prefix;       /* of the line, and of its children, level for level */
	uint32_t own_level;	       /* of the line, and one; 0: there was none */
	bool own_is_last;
	uint16_t prefix_sz[LEVELS_MAX]; /* of it, at each level */
	struct section **by_number;
	/* rows that are to go to out->file, before anything else that is printed */
	size_t page_sz;
	char page[PAGE_SZ];
};

/* A line as it was read: the call's room, then the result's. */
struct read_line {
	struct line line;
	char text[TEXT_MAX + 256];
};

/* --- reading ---------------------------------------------------------------------- */

static bool line_read(struct section *section, struct read_line *r)
{
	struct spool_stream *lines = &section->lines;

	return spool_read(lines, &r->line, sizeof(r->line)) && r->line.call_room < TEXT_MAX &&
	       spool_read(lines, r->text, (size_t)r->line.call_room + r->line.result_room);
}

/* --- rows ------------------------------------------------------------------------- */

static void page_flush(struct printer *p)
{
	fwrite_unlocked(p->page, 1, p->page_sz, p->out->file);
	p->page_sz = 0;
}

static char *put(char *to, const char *bytes, size_t sz)
{
	memcpy(to, bytes, sz);
	return to + sz;
}

static char *spaces(char *to, size_t cnt)
{
	memset(to, ' ', cnt);
	return to + cnt;
}

/*
 * The row in one go: what nearly all rows are. False: it needs colours, or a meaning, or does not
 * fit its columns, and layout_row() is to do it.
 */
static bool row_plain(struct printer *p, const struct text *prefix, size_t prefix_cells,
		      const struct read_line *r, const struct shared_cells *shared)
{
	const struct layout *l = &p->layout;
	size_t room = l->call + (shared->where_cells ? 0 : LAYOUT_GAP + l->where);
	size_t at = prefix_cells + r->line.call_cells, before = l->call + LAYOUT_GAP + l->where + LAYOUT_GAP;
	size_t known_cells = l->has_words ? shared->known_cells : shared->known_cells != 0;
	struct text time;
	char *to;

	if (p->out->has_colour || at > room || shared->where_cells > l->where || !shared->known_cells ||
	    known_cells > l->known || r->line.result_sz > l->result || !(r->line.flags & LINE_HAS_TIME) ||
	    r->line.flags & (LINE_END_UNSEEN | LINE_BEGIN_UNSEEN) || prefix->sz > TEXT_MAX / 2 ||
	    l->call + l->where + l->known + l->result + l->time > TEXT_MAX / 2)
		return false;
	if (p->page_sz > PAGE_SZ - ROW_MAX)
		page_flush(p);
	to = p->page + p->page_sz;
	text_clear(&time);
	tree_add_time(&time, r->line.time_ns, r->line.flags & LINE_IS_UNSURE, p->out->is_ascii);
	to = put(to, prefix->at, prefix->sz);
	to = put(to, r->text, r->line.call_sz);
	if (shared->where_cells) {
		to = spaces(to, l->call + LAYOUT_GAP - at);
		to = put(to, shared->where, shared->where_sz);
		at = l->call + LAYOUT_GAP + shared->where_cells;
	}
	to = spaces(to, before - at);
	to = put(to, shared->known, l->has_words ? shared->known_sz : 1);
	to = spaces(to, l->known - known_cells + LAYOUT_GAP);
	to = put(to, r->text + r->line.call_room, r->line.result_sz);
	at = r->line.result_sz + text_cells_of(time.at, time.sz);
	to = spaces(to, l->result + LAYOUT_GAP + l->time - (at < l->result + LAYOUT_GAP + l->time ? at : 0));
	to = put(to, time.at, time.sz);
	*to++ = '\n';
	p->page_sz = (size_t)(to - p->page);
	return true;
}

static void row_laid_out(struct printer *p, const struct text *prefix, const struct text *below,
			 const struct read_line *r, const struct shared_cells *shared, const char *means)
{
	static struct tree_row row;

	page_flush(p);
	text_clear(&row.call);
	text_clear(&row.where);
	text_clear(&row.known);
	text_clear(&row.result);
	text_clear(&row.time);
	text_clear(&row.means);
	row.style = shared->style;
	text_put_bytes(&row.call, r->text, r->line.call_sz);
	text_put(&row.call, tree_unseen((r->line.flags & LINE_END_UNSEEN ? NODE_END_UNSEEN : 0) |
					(r->line.flags & LINE_BEGIN_UNSEEN ? NODE_BEGIN_UNSEEN : 0)));
	text_put_bytes(&row.where, shared->where, shared->where_sz);
	text_put_bytes(&row.known, shared->known, shared->known_sz);
	text_put_bytes(&row.result, r->text + r->line.call_room, r->line.result_sz);
	text_put(&row.means, means);
	if (r->line.flags & LINE_HAS_TIME)
		tree_add_time(&row.time, r->line.time_ns, r->line.flags & LINE_IS_UNSURE,
			      p->out->is_ascii);
	layout_row(&p->layout, prefix, below, &row);
}

/* --- the tree ---------------------------------------------------------------------- */

/*
 * Makes p->own the prefix of a line at this level, and p->prefix that of its children. Most lines are
 * at the level of the one before.
 */
static void prefix_make(struct printer *p, uint32_t level, bool is_last)
{
	bool ascii = p->out->is_ascii;

	if (p->own_level == level + 1 && p->own_is_last == is_last)
		return;
	p->own_level = level + 1;
	p->own_is_last = is_last;
	text_clear(&p->own);
	p->prefix.sz = p->prefix_sz[level];
	p->prefix.at[p->prefix.sz] = '\0';
	if (level) {
		text_put_bytes(&p->own, p->prefix.at, p->prefix.sz);
		text_put(&p->own, glyph(ascii, is_last ? GLYPH_LAST : GLYPH_TEE));
		text_put(&p->prefix, is_last ? "   " : glyph(ascii, GLYPH_BAR));
	}
	p->prefix_sz[level + 1] = (uint16_t)p->prefix.sz;
}

static void line_print(struct printer *p, const struct read_line *r, uint32_t level, bool opens)
{
	struct shared_cells *shared = &p->stream->cells[r->line.cells];
	/* cells of different lines may still mean the same: they are asked for once, then the text */
	bool is_first = shared->said_in != p->vm_number + 1;
	const char *means = shared->means ? shared->means : "";
	struct text below;

	prefix_make(p, level, r->line.flags & LINE_IS_LAST);
	shared->said_in = p->vm_number + 1;
	if (!(r->line.flags & LINE_IS_LOST) && !(is_first && news_is(&p->news, means)))
		means = "";
	if (*means || !row_plain(p, &p->own, 3 * (size_t)level, r, shared)) {
		text_clear(&below);
		text_add(&below, "%s%s", p->prefix.at, opens ? glyph(p->out->is_ascii, GLYPH_BAR) : "");
		row_laid_out(p, &p->own, &below, r, shared, means);
	}
	if (is_first && p->options->has_why && shared->why && news_is(&p->news, shared->why)) {
		page_flush(p);
		layout_why(&p->layout, &p->prefix, opens, shared->why);
	}
}

static void section_print(struct printer *p, struct section *section, uint32_t base);

static void thread_print(struct printer *p, struct section *section, uint32_t level, bool is_last)
{
	static struct tree_row row;

	if (p->options->depth && (long)level >= p->options->depth)
		return;
	prefix_make(p, level, is_last);
	tree_row_fill(&row, section->thread, p->out->is_ascii);
	page_flush(p);
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
	page_flush(p);
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
	if (options->has_missing)
		tree_print_missing(out, model);
	if (options->has_legend)
		tree_legend_print(out);
	summary_print_notes(out, model);
	free(p->by_number);
	free(p);
	return s->spool.err;
}
