/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Going to a node that is somewhere else in the tree: one alike, the slowest, one that a text is found in. */
#include <ctype.h>
#include <ncurses.h>
#include <string.h>

#include "trace-viewer/tree_text.h"
#include "trace-viewer/tui.h"

static void go_to(struct tui *tui, bool is_back, tui_match_fn *match, const void *arg,
		  const char *otherwise)
{
	const struct node *node = tui_find(tui->model, tui_selected(tui), is_back, match, arg);

	if (!node) {
		tui_say(tui, otherwise);
		return;
	}
	tui_select(tui, node);
}

static bool is_of_reason(const struct node *node, const void *arg)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node), *like = arg;

	return node->kind == NODE_EXIT && e->isa == like->isa && e->reason == like->reason;
}

void tui_go_reason(struct tui *tui, bool is_back)
{
	const struct node *node = tui_selected(tui);

	if (!node || node->kind != NODE_EXIT)
		tui_say(tui, "this line is no exit: choose one (s: the slowest)");
	else
		go_to(tui, is_back, is_of_reason, node, "the only exit of this reason in the tree");
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

void tui_go_slowest(struct tui *tui)
{
	const struct node *node = tui_selected(tui);
	struct slowest s = { .from = node && node->kind == NODE_EXIT ? node : NULL };

	tui_each(tui->model, slowest_visit, &s);
	if (s.best)
		go_to(tui, false, is_same, s.best, "");
	else
		tui_say(tui, s.from ? "no exit is faster than this one" : "no exit was recorded");
}

/* --- searching ----------------------------------------------------------------------- */

static bool has_text(const struct node *node, const void *arg)
{
	struct tree_row row;

	tree_row_fill(&row, node, true); /* what a keyboard can type */
	return strcasestr(row.call.at, arg) || strcasestr(row.means.at, arg);
}

void tui_go_search(struct tui *tui, bool is_back)
{
	if (tui->search[0])
		go_to(tui, is_back, has_text, tui->search, "nothing else says that");
	else
		tui_say(tui, "nothing to search for yet: / asks");
}

void tui_search_key(struct tui *tui, int key)
{
	size_t sz = strlen(tui->asked);

	if (key == 27) {
		tui->is_asking = false;
	} else if (key == '\n' || key == KEY_ENTER) {
		tui->is_asking = false;
		memcpy(tui->search, tui->asked, sizeof(tui->search));
		tui_go_search(tui, false);
	} else if (key == KEY_BACKSPACE || key == 127 || key == 8) {
		if (sz)
			tui->asked[sz - 1] = '\0';
	} else if (key > 0 && key < 128 && isprint(key) && sz + 1 < sizeof(tui->asked)) {
		tui->asked[sz] = (char)key;
		tui->asked[sz + 1] = '\0';
	}
}
