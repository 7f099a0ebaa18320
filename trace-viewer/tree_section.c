/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lines of a tree that is too large to keep, written to the section of their thread. */
#include "trace-viewer/tree_section.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/tree_cells.h"
#include "trace-viewer/tree_text.h"

#define CALL_ROOM	160 /* for what is not known when a line is written before its frame's end */
#define RESULT_ROOM	24
#define BUFFER_SZ	(64u << 10)
#define BUFFER_SMALL_SZ (4u << 10)
#define SECTIONS_LARGE	128 /* so many have a large buffer */

bool sections_init(struct tree_stream *s)
{
	s->sections_end = &s->sections;
	s->cells = calloc(SHARED_CELLS_MAX, sizeof(*s->cells));
	if (!s->cells)
		return false;
	s->cells[0].where = s->cells[0].known = "";
	return true;
}

void sections_release(struct tree_stream *s)
{
	struct section *next;

	for (struct section *section = s->sections; section; section = next) {
		next = section->next;
		if (section->is_nested) { /* no tree has it */
			section->thread->parent = NULL;
			node_free(section->thread);
		}
		spool_stream_release(&section->lines);
		free(section);
	}
	for (uint32_t i = 0; s->cells && i < SHARED_CELLS_MAX; i++) {
		free(s->cells[i].means);
		free(s->cells[i].why);
	}
	free(s->cells);
}

struct section *section_get(struct tree_stream *s, struct node *thread)
{
	struct section *section = NODE_AS(thread, thread)->section;

	if (section)
		return section;
	section = calloc(1, sizeof(*section));
	if (section && !spool_stream_init(&section->lines, &s->spool, s->section_cnt < SECTIONS_LARGE ?
					  BUFFER_SZ : BUFFER_SMALL_SZ)) {
		free(section);
		section = NULL;
	}
	if (!section) {
		s->spool.err = -ENOMEM;
		return NULL;
	}
	section->thread = thread;
	section->number = s->section_cnt++;
	*s->sections_end = section;
	s->sections_end = &section->next;
	NODE_AS(thread, thread)->section = section;
	return section;
}

bool section_has_content(const struct node *thread)
{
	return thread->first || NODE_AS_CONST(thread, thread)->section;
}

/* The row of the table for a node; 0 when there is no room. */
static uint32_t shared_get(struct tree_stream *s, const struct node *node)
{
	uint64_t key = tree_cells_key(node);
	uint32_t i = 1 + (uint32_t)((key * 0x9e3779b97f4a7c15ull) >> 32) % (SHARED_CELLS_MAX - 1);
	struct shared_cells *row;
	struct tree_cells cells;
	const char *why;

	for (;; i = i % (SHARED_CELLS_MAX - 1) + 1) {
		row = &s->cells[i];
		if (!row->means)
			break;
		if (row->key == key)
			return i;
	}
	tree_cells(&cells, node);
	row->means = s->cells_cnt < SHARED_CELLS_MAX / 2 ? strdup(cells.means) : NULL;
	if (!row->means)
		return 0;
	s->cells_cnt++;
	row->key = key;
	row->where = cells.where;
	row->known = cells.known;
	why = tree_why(node);
	row->why = why ? strdup(why) : NULL;
	row->style = (uint8_t)cells.style;
	row->where_sz = (uint16_t)strlen(cells.where);
	row->known_sz = (uint16_t)strlen(cells.known);
	row->where_cells = (uint16_t)text_cells(cells.where);
	row->known_cells = (uint16_t)text_cells(cells.known);
	row->means_cells = (uint16_t)text_cells(cells.means);
	return i;
}

/* --- lines --------------------------------------------------------------------------- */

static uint8_t line_flags(const struct node *node, bool is_last)
{
	return (uint8_t)((is_last ? LINE_IS_LAST : 0) | (tree_has_time(node) ? LINE_HAS_TIME : 0) |
			 (tree_is_unsure(node) ? LINE_IS_UNSURE : 0) |
			 (node->kind == NODE_LOST ? LINE_IS_LOST : 0) |
			 (node->kind == NODE_IOCTL ? LINE_IS_IOCTL : 0) |
			 (node->flags & NODE_END_UNSEEN ? LINE_END_UNSEEN : 0) |
			 (node->flags & NODE_BEGIN_UNSEEN ? LINE_BEGIN_UNSEEN : 0));
}

/* Times up to a day or so take no more than the column has anyway. */
static size_t time_cells(const struct line *line, bool ascii)
{
	struct text time;

	if (line->time_ns < 100000000000000 && !(line->flags & LINE_IS_UNSURE))
		return LAYOUT_TIME_MIN;
	text_clear(&time);
	tree_add_time(&time, line->time_ns, line->flags & LINE_IS_UNSURE, ascii);
	return text_cells(time.at);
}

static void line_measure(struct tree_stream *s, struct section *section, const struct line *line)
{
	const struct shared_cells *shared = &s->cells[line->cells];
	struct row_cells cells = {
		.call = line->level * 3u + line->call_cells, .where = shared->where_cells,
		.known = shared->known_cells, .result = line->result_sz, .means = shared->means_cells,
		.width = line->flags & LINE_IS_LOST  ? ROW_STRETCHING :
			 line->flags & LINE_IS_IOCTL ? ROW_SOFT :
						       ROW_FIRM,
	};

	if (s->depth && line->level >= s->depth)
		return;
	if (line->flags & LINE_HAS_TIME)
		cells.time = time_cells(line, s->is_ascii);
	if (line->flags & LINE_END_UNSEEN)
		cells.call += text_cells(tree_unseen(NODE_END_UNSEEN));
	else if (line->flags & LINE_BEGIN_UNSEEN)
		cells.call += text_cells(tree_unseen(NODE_BEGIN_UNSEEN));
	layout_measure_cells(&section->widths, &cells);
}

/* Writes a line of an open frame with room for what its end will tell; of a closed one, whole. */
void line_write(struct tree_stream *s, struct section *section, const struct node *node,
		       uint32_t level, bool is_last)
{
	struct line line = { .level = (uint16_t)level, .cells = shared_get(s, node) };
	static const char blank[CALL_ROOM + RESULT_ROOM];
	struct text call, result;

	if (node->flags & NODE_IS_OPEN) {
		line.call_room = CALL_ROOM;
		line.result_room = RESULT_ROOM;
		spool_append(&section->lines, &line, sizeof(line));
		spool_append(&section->lines, blank, CALL_ROOM + RESULT_ROOM);
		return;
	}
	text_clear(&call);
	text_clear(&result);
	tree_add_call(&call, node, s->is_ascii);
	tree_add_result(&result, node, s->is_ascii);
	line.call_room = line.call_sz = (uint16_t)call.sz;
	line.call_cells = (uint16_t)text_cells_of(call.at, call.sz);
	line.result_room = line.result_sz = (uint8_t)(result.sz < 255 ? result.sz : 255);
	line.time_ns = tree_time_ns(node);
	line.flags = line_flags(node, is_last);
	line_measure(s, section, &line);
	spool_append(&section->lines, &line, sizeof(line));
	spool_append(&section->lines, call.at, line.call_room);
	spool_append(&section->lines, result.at, line.result_room);
}

/* Cuts t to so many bytes, and not in the middle of a character. */
static void cut(struct text *t, size_t sz)
{
	for (size_t cells = text_cells(t->at); t->sz > sz; cells--)
		text_fit(t, cells, true);
}

/* The line of a frame that has closed since it was written. */
void line_complete(struct tree_stream *s, struct section *section, const struct node *node,
			  uint32_t level, bool is_last)
{
	struct line line = { .level = (uint16_t)level, .cells = shared_get(s, node),
			     .call_room = CALL_ROOM, .result_room = RESULT_ROOM };
	struct text call, result;

	text_clear(&call);
	text_clear(&result);
	tree_add_call(&call, node, s->is_ascii);
	tree_add_result(&result, node, s->is_ascii);
	cut(&call, CALL_ROOM);
	cut(&result, RESULT_ROOM);
	line.call_sz = (uint16_t)call.sz;
	line.call_cells = (uint16_t)text_cells(call.at);
	line.result_sz = (uint8_t)result.sz;
	line.time_ns = tree_time_ns(node);
	line.flags = line_flags(node, is_last);
	line_measure(s, section, &line);
	spool_patch(&section->lines, node->line, &line, sizeof(line));
	spool_patch(&section->lines, node->line + sizeof(line), call.at, call.sz);
	spool_patch(&section->lines, node->line + sizeof(line) + CALL_ROOM, result.at, result.sz);
}

void line_thread(struct tree_stream *s, struct section *section, struct node *thread,
			uint32_t level, bool is_last)
{
	struct section *nested = section_get(s, thread);
	struct line line = { .level = (uint16_t)level, .cells = nested ? nested->number : 0,
			     .flags = (uint8_t)(LINE_IS_THREAD | (is_last ? LINE_IS_LAST : 0)) };

	if (!nested)
		return;
	section->has_nested = true;
	spool_append(&section->lines, &line, sizeof(line));
}
