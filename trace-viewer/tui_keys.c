/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What each key does: one small function for each action of the table. */
#include "trace-viewer/tui_keys.h"

#include <ncurses.h>

#include "trace-viewer/tui.h"

/* --- moving ------------------------------------------------------------------- */

static size_t *position(struct tui *tui)
{
	return tui->view == TUI_TREE ? &tui->selected : &tui->page.selected;
}

static size_t last_line(const struct tui *tui)
{
	size_t cnt = tui->view == TUI_TREE ? tui->rows.cnt : tui->page.cnt;

	return cnt ? cnt - 1 : 0;
}

static void move_by(struct tui *tui, long lines)
{
	size_t *at = position(tui), last = last_line(tui);

	if (lines < 0)
		*at -= *at < (size_t)-lines ? *at : (size_t)-lines;
	else
		*at = last - *at < (size_t)lines ? last : *at + (size_t)lines;
}

static void line_up(struct tui *tui)
{
	move_by(tui, -1);
}

static void line_down(struct tui *tui)
{
	move_by(tui, 1);
}

static void page_up(struct tui *tui)
{
	move_by(tui, -(long)tui->height);
}

static void page_down(struct tui *tui)
{
	move_by(tui, (long)tui->height);
}

static void list_top(struct tui *tui)
{
	*position(tui) = 0;
}

static void list_bottom(struct tui *tui)
{
	*position(tui) = last_line(tui);
}

/* --- folding ------------------------------------------------------------------- */

static void turn(struct tui *tui)
{
	struct node *node = tui_selected(tui);

	if (!node || !tui_node_has_below(node)) {
		tui_say(tui, "nothing is below this line");
		return;
	}
	tui_node_set_open(node, !tui_node_is_open(node));
	tui_select(tui, node);
}

static void unfold(struct tui *tui)
{
	const struct node *node = tui_selected(tui);

	if (node && tui_node_has_below(node) && tui_node_is_open(node))
		line_down(tui);
	else
		turn(tui);
}

static void fold_up(struct tui *tui)
{
	struct node *node = tui_selected(tui);

	if (node && tui_node_has_below(node) && tui_node_is_open(node))
		turn(tui);
	else if (node)
		tui->selected = tui->rows.rows[tui->selected].parent;
}

static void turn_below(struct tui *tui, bool is_open)
{
	struct node *node = tui_selected(tui);

	if (!node)
		return;
	tui_node_set_open_below(node, is_open);
	tui_select(tui, node);
}

static void unfold_below(struct tui *tui)
{
	turn_below(tui, true);
}

static void fold_below(struct tui *tui)
{
	turn_below(tui, false);
}

/* --- going to a node --------------------------------------------------------------- */

static void search_ask(struct tui *tui)
{
	tui->is_asking = true;
	tui->asked[0] = '\0';
}

static void search_next(struct tui *tui)
{
	tui_go_search(tui, false);
}

static void search_back(struct tui *tui)
{
	tui_go_search(tui, true);
}

static void reason_next(struct tui *tui)
{
	tui_go_reason(tui, false);
}

static void reason_back(struct tui *tui)
{
	tui_go_reason(tui, true);
}

static void slowest(struct tui *tui)
{
	tui_go_slowest(tui);
}

/* --- pages ------------------------------------------------------------------------------ */

static void page_open(struct tui *tui, enum tui_view view)
{
	if (tui->view == TUI_TREE || tui->view == TUI_MIX)
		tui->before = tui->view;
	tui->view = view;
}

static void mix(struct tui *tui)
{
	tui_page_mix(tui, tui_selected(tui));
	tui->view = TUI_MIX;
}

static void explain(struct tui *tui)
{
	const struct node *node = tui_selected(tui);

	if (!node || node->kind == NODE_ROOT) {
		tui_say(tui, "a VM: unfold it, and ask at a line below");
		return;
	}
	tui_page_explain(tui, node);
	page_open(tui, TUI_EXPLAIN);
}

static void help(struct tui *tui)
{
	if (tui->view == TUI_HELP)
		return;
	tui_page_help(tui);
	page_open(tui, TUI_HELP);
}

static void leave(struct tui *tui)
{
	if (tui->view == TUI_TREE)
		tui->is_ended = true;
	else if (tui->view != TUI_MIX && tui->before == TUI_MIX)
		mix(tui);
	else
		tui->view = TUI_TREE;
}

static bool is_of_line(const struct node *node, const void *arg)
{
	return node->kind == NODE_EXIT && tui_page_is_reason(arg, node);
}

static void choose(struct tui *tui)
{
	const struct node *node;

	if (tui->view != TUI_MIX) {
		leave(tui);
		return;
	}
	node = tui_find(tui->model, NULL, false, is_of_line, &tui->page);
	if (!node) {
		tui_say(tui, "no exit of the tree belongs to this line");
		return;
	}
	tui->view = TUI_TREE;
	tui_select(tui, node);
}

/* --- the table ----------------------------------------------------------------------------- */

enum where { ANY, TREE, PAGE };

static const struct {
	int code;
	enum where where;
	void (*action)(struct tui *tui);
	const char *name, *help;
} keys[] = {
#define KEY(code, where, action, name, help) { code, where, action, name, help },
#include "trace-viewer/tui_keys.def"
#undef KEY
};

#define KEY_CNT (sizeof(keys) / sizeof(keys[0]))

void tui_keys_print(FILE *file)
{
	for (size_t i = 0; i < KEY_CNT; i++)
		if (keys[i].name)
			fprintf(file, "  %-14s %s\n", keys[i].name, keys[i].help);
}

void tui_key(struct tui *tui, int key)
{
	enum where where = tui->view == TUI_TREE ? TREE : PAGE;

	text_clear(&tui->message);
	if (tui->is_asking) {
		tui_search_key(tui, key);
		return;
	}
	if (key == '\r' || key == KEY_ENTER)
		key = '\n';
	for (size_t i = 0; i < KEY_CNT; i++) {
		if (keys[i].code != key || (keys[i].where != ANY && keys[i].where != where))
			continue;
		keys[i].action(tui);
		return;
	}
	tui_say(tui, "no such key here; ? lists them");
}
