/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What each key does: one small function for each action of the table. */
#include "trace-viewer/tui_keys.h"

#include <ctype.h>
#include <ncurses.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/tree_text.h"
#include "trace-viewer/tui.h"

static void say(struct tui *tui, const char *what)
{
	text_clear(&tui->message);
	text_add(&tui->message, "%s", what);
}

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

struct node *tui_selected(const struct tui *tui)
{
	return tui->selected < tui->rows.cnt ? tui->rows.rows[tui->selected].node : NULL;
}

void tui_select(struct tui *tui, const struct node *node)
{
	size_t at;

	if (!tui_rows_fill(&tui->rows, tui->model))
		say(tui, "not all rows are here: no memory");
	at = tui_rows_find(&tui->rows, node);
	if (at < tui->rows.cnt)
		tui->selected = at;
}

static void turn(struct tui *tui)
{
	struct node *node = tui_selected(tui);

	if (!node || !tui_node_has_below(node)) {
		say(tui, "nothing is below this line");
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

static void go_to(struct tui *tui, bool is_back, tui_match_fn *match, const void *arg,
		  const char *otherwise)
{
	const struct node *node = tui_find(tui->model, tui_selected(tui), is_back, match, arg);

	if (!node) {
		say(tui, otherwise);
		return;
	}
	tui_select(tui, node);
}

static bool is_of_reason(const struct node *node, const void *arg)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node), *like = arg;

	return node->kind == NODE_EXIT && e->isa == like->isa && e->reason == like->reason;
}

static void reason_go(struct tui *tui, bool is_back)
{
	const struct node *node = tui_selected(tui);

	if (!node || node->kind != NODE_EXIT)
		say(tui, "this line is no exit: choose one (s: the slowest)");
	else
		go_to(tui, is_back, is_of_reason, node, "the only exit of this reason in the tree");
}

static void reason_next(struct tui *tui)
{
	reason_go(tui, false);
}

static void reason_back(struct tui *tui)
{
	reason_go(tui, true);
}

/* The slowest exit among those that come after `from` when sorted by slowness, then by place. */
struct slowest {
	const struct node *from; /* an exit, or NULL: all are candidates */
	bool is_behind;
	struct node *best;
};

static void slowest_visit(struct node *node, void *arg)
{
	struct slowest *s = arg;
	uint64_t ns = node_duration(node), limit_ns = s->from ? node_duration(s->from) : UINT64_MAX;

	if (node == s->from)
		s->is_behind = true;
	else if (node->kind == NODE_EXIT && (ns < limit_ns || (ns == limit_ns && s->is_behind)) &&
		 (!s->best || ns > node_duration(s->best)))
		s->best = node;
}

static bool is_same(const struct node *node, const void *arg)
{
	return node == arg;
}

static void slowest(struct tui *tui)
{
	const struct node *node = tui_selected(tui);
	struct slowest s = { .from = node && node->kind == NODE_EXIT ? node : NULL };

	tui_each(tui->model, slowest_visit, &s);
	if (s.best)
		go_to(tui, false, is_same, s.best, "");
	else
		say(tui, s.from ? "no exit is faster than this one" : "no exit was recorded");
}

/* --- searching ----------------------------------------------------------------------- */

static bool has_text(const struct node *node, const void *arg)
{
	struct tree_row row;

	tree_row_fill(&row, node, true); /* what a keyboard can type */
	return strcasestr(row.call.at, arg) || strcasestr(row.means.at, arg);
}

static void search_go(struct tui *tui, bool is_back)
{
	if (tui->search[0])
		go_to(tui, is_back, has_text, tui->search, "nothing else says that");
	else
		say(tui, "nothing to search for yet: / asks");
}

static void search_next(struct tui *tui)
{
	search_go(tui, false);
}

static void search_back(struct tui *tui)
{
	search_go(tui, true);
}

static void search_ask(struct tui *tui)
{
	tui->is_asking = true;
	tui->asked[0] = '\0';
}

static void search_key(struct tui *tui, int key)
{
	size_t sz = strlen(tui->asked);

	if (key == 27) {
		tui->is_asking = false;
	} else if (key == '\n' || key == KEY_ENTER) {
		tui->is_asking = false;
		memcpy(tui->search, tui->asked, sizeof(tui->search));
		search_next(tui);
	} else if (key == KEY_BACKSPACE || key == 127 || key == 8) {
		if (sz)
			tui->asked[sz - 1] = '\0';
	} else if (key > 0 && key < 128 && isprint(key) && sz + 1 < sizeof(tui->asked)) {
		tui->asked[sz] = (char)key;
		tui->asked[sz + 1] = '\0';
	}
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
		say(tui, "a VM: unfold it, and ask at a line below");
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
		say(tui, "no exit of the tree belongs to this line");
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
		search_key(tui, key);
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
	say(tui, "no such key here; ? lists them");
}
