/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lines of a tree_stream as they are read again, and printed: most of them in one go. */
#include "trace-viewer/tree_lines.h"

#include <string.h>

#include "trace-viewer/tree_text.h"

#define ROW_MAX (2 * TEXT_MAX) /* bytes of a row that row_plain() makes */

bool line_read(struct section *section, struct read_line *r)
{
	struct spool_stream *lines = &section->lines;

	return spool_read(lines, &r->line, sizeof(r->line)) && r->line.call_room < TEXT_MAX &&
	       spool_read(lines, r->text, (size_t)r->line.call_room + r->line.result_room);
}

/* --- rows ------------------------------------------------------------------------- */

void lines_flush(struct printer *p)
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
	if (p->page_sz > LINES_PAGE_SZ - ROW_MAX)
		lines_flush(p);
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

	lines_flush(p);
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

/* --- lines ------------------------------------------------------------------------- */

/* Most lines are at the level of the one before. */
void lines_prefix(struct printer *p, uint32_t level, bool is_last)
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

void line_print(struct printer *p, const struct read_line *r, uint32_t level, bool opens)
{
	struct shared_cells *shared = &p->stream->cells[r->line.cells];
	/* cells of different lines may still mean the same: they are asked for once, then the text */
	bool is_first = shared->said_in != p->vm_number + 1;
	const char *means = shared->means ? shared->means : "";
	struct text below;

	lines_prefix(p, level, r->line.flags & LINE_IS_LAST);
	shared->said_in = p->vm_number + 1;
	if (!(r->line.flags & LINE_IS_LOST) && !(is_first && news_is(&p->news, means)))
		means = "";
	if (*means || !row_plain(p, &p->own, 3 * (size_t)level, r, shared)) {
		text_clear(&below);
		text_add(&below, "%s%s", p->prefix.at, opens ? glyph(p->out->is_ascii, GLYPH_BAR) : "");
		row_laid_out(p, &p->own, &below, r, shared, means);
	}
	if (is_first && p->options->has_why && shared->why && news_is(&p->news, shared->why)) {
		lines_flush(p);
		layout_why(&p->layout, &p->prefix, opens, shared->why);
	}
}
