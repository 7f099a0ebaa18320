/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The screen: a head, the list, what the selected line means, and a line about keys. */
#include <ncurses.h>
#include <string.h>

#include "trace-viewer/screen.h"
#include "trace-viewer/tree_text.h"
#include "trace-viewer/tui.h"

#define FRAME_LINES 4 /* beside the list: head, a rule, the meaning, the keys */
#define TIME_CELLS  10

static void put(int y, int x, int attributes, const struct text *text)
{
	attrset(attributes);
	mvaddstr(y, x, text->at);
	attrset(A_NORMAL);
}

/* A line over the whole width. */
static void put_bar(int y, int attributes, struct text *text, unsigned int width, bool ascii)
{
	text_fit(text, width, ascii);
	text_pad(text, width);
	put(y, 0, attributes, text);
}

static void add_vm(struct text *t, const struct vm *vm)
{
	if (!vm || !vm->number) {
		text_add(t, "of no VM that was seen");
		return;
	}
	text_add(t, "VM %u  %s, process %u, %u vCPU%s, ", vm->number, vm->comm, vm->tgid, vm->vcpu_cnt,
		 vm->vcpu_cnt == 1 ? "" : "s");
	text_add_count(t, vm->exit_cnt);
	text_add(t, " exit%s", vm->exit_cnt == 1 ? "" : "s");
}

static const struct vm *vm_of(const struct tui *tui, const struct node *root)
{
	for (uint32_t i = 0; i <= tui->model->vm_cnt; i++)
		if (tui->model->vms[i]->root == root)
			return tui->model->vms[i];
	return NULL;
}

static void row_fill(const struct tui *tui, struct tree_row *row, const struct node *node)
{
	tree_row_fill(row, node, tui->is_ascii);
	if (node->kind != NODE_ROOT)
		return;
	row->style = STYLE_HEAD;
	add_vm(&row->call, vm_of(tui, node));
}

static void add_marks(const struct tui *tui, struct text *line, const struct tui_row *row)
{
	if (row->is_slowest)
		text_add(line, "slowest: ");
	if (!tui_node_has_below(row->node))
		return;
	if (tui->is_ascii)
		text_add(line, "%s", tui_node_is_open(row->node) ? "- " : "+ ");
	else
		text_add(line, "%s", tui_node_is_open(row->node) ? "▾ " : "▸ ");
}

static void draw_row(const struct tui *tui, size_t index, int y)
{
	const struct tui_row *row = &tui->rows.rows[index];
	int attributes = index == tui->selected ? A_REVERSE : A_NORMAL;
	size_t room = tui->width - TIME_CELLS, result;
	struct text prefix, call;
	struct tree_row cells;

	row_fill(tui, &cells, row->node);
	tui_row_prefix(&tui->rows, index, &prefix, tui->is_ascii);
	add_marks(tui, &prefix, row);
	text_fit(&prefix, room / 2, tui->is_ascii);
	text_fit(&cells.result, 16, tui->is_ascii);
	result = cells.result.sz ? text_cells(cells.result.at) + 2 : 0;
	if (text_cells(prefix.at) + result >= room)
		result = 0;
	text_clear(&call);
	text_add(&call, "%s", cells.call.at);
	text_fit(&call, room - text_cells(prefix.at) - result, tui->is_ascii);
	text_pad(&call, room - text_cells(prefix.at) - result);
	put(y, 0, attributes | (int)A_DIM, &prefix);
	put(y, (int)text_cells(prefix.at), attributes | screen_style(cells.style), &call);
	text_clear(&call);
	if (result)
		text_add(&call, "  %s", cells.result.at);
	put(y, (int)(room - result), attributes, &call);
	text_clear(&call);
	text_add(&call, "%*s%s", (int)(TIME_CELLS - text_cells(cells.time.at)), "", cells.time.at);
	put(y, (int)room, attributes, &call);
}

static void draw_tree(const struct tui *tui)
{
	for (unsigned int y = 0; y < tui->height && tui->top + y < tui->rows.cnt; y++)
		draw_row(tui, tui->top + y, (int)y + 1);
}

static void draw_page(const struct tui *tui)
{
	const struct tui_page *page = &tui->page;

	for (unsigned int y = 0; y < tui->height && page->top + y < page->cnt; y++) {
		size_t at = page->top + y;
		struct text line;

		text_clear(&line);
		text_add(&line, "%s", page->lines[at]);
		put_bar((int)y + 1, at == page->selected && tui->view == TUI_MIX ? A_REVERSE : A_NORMAL,
			&line, tui->width, tui->is_ascii);
	}
}

static void draw_head(const struct tui *tui)
{
	static const char *const names[] = {
		[TUI_TREE] = "tree", [TUI_MIX] = "exit mix", [TUI_EXPLAIN] = "explanation",
		[TUI_HELP] = "keys",
	};
	struct text head;

	text_clear(&head);
	text_add(&head, " kvmtree  %s  ", tui->path);
	text_add_count(&head, tui->model->exit_cnt);
	text_add(&head, " exits  %s", names[tui->view]);
	if (tui->view == TUI_TREE)
		text_add(&head, "  line %zu of %zu", tui->rows.cnt ? tui->selected + 1 : 0, tui->rows.cnt);
	put_bar(0, A_REVERSE | A_BOLD, &head, tui->width, tui->is_ascii);
}

/* What the selected row means, or the search as it is typed. */
static void draw_foot(const struct tui *tui)
{
	static const char *const keys[] = {
		[TUI_TREE] = " space fold  / search  s slowest  e alike  enter explain  tab exit mix  ? keys",
		[TUI_MIX] = " enter the first such exit in the tree  tab the tree  ? keys  q back",
		[TUI_EXPLAIN] = " q back",
		[TUI_HELP] = " q back",
	};
	const struct node *node = tui->view == TUI_TREE ? tui_selected(tui) : NULL;
	int y = (int)tui->height + 1;
	struct tree_row row;
	struct text line;

	attrset(A_DIM);
	mvhline(y, 0, tui->is_ascii ? '-' : 0, (int)tui->width);
	text_clear(&line);
	if (node) {
		row_fill(tui, &row, node);
		text_add(&line, " %s%s%s%s", row.means.at, row.known.sz ? "  (known by " : "", row.known.at,
			 row.known.sz ? ")" : "");
	}
	put_bar(y + 1, A_NORMAL, &line, tui->width, tui->is_ascii);
	text_clear(&line);
	if (tui->is_asking)
		text_add(&line, " search: %s_", tui->asked);
	else
		text_add(&line, "%s%s", tui->message.sz ? " " : keys[tui->view], tui->message.at);
	put_bar(y + 2, tui->is_asking || tui->message.sz ? A_BOLD : A_DIM, &line, tui->width,
		tui->is_ascii);
}

void tui_draw(struct tui *tui)
{
	tui->width = COLS > 20 ? (unsigned int)COLS : 20;
	tui->height = LINES > FRAME_LINES ? (unsigned int)(LINES - FRAME_LINES) : 1;
	tui_settle(tui);
	erase();
	draw_head(tui);
	if (tui->view == TUI_TREE)
		draw_tree(tui);
	else
		draw_page(tui);
	draw_foot(tui);
	refresh();
}
