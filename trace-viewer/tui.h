/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tui: what is on the screen, and what each key does to it. */
#ifndef KVMTREE_TUI_H
#define KVMTREE_TUI_H

#include "trace-viewer/output.h"
#include "trace-viewer/tui_rows.h"

/* The exit mix, an explanation, the keys: text by lines, of which one is selected. */
struct tui_page {
	char *text;   /* owned; each line ends with a NUL instead of a newline */
	char **lines; /* into text */
	size_t cnt, selected, top;
};

enum tui_view { TUI_TREE, TUI_MIX, TUI_EXPLAIN, TUI_HELP };

#define TUI_SEARCH_MAX 64

struct tui {
	struct model *model;
	const struct exit_stat *stat; /* the exit mix of the same recording */
	const char *path;
	bool is_ascii, is_ended;
	unsigned int width, height; /* of the part of the screen that lists */
	struct tui_rows rows;
	size_t selected, top; /* of rows */
	enum tui_view view, before; /* before: where the explanation or the help was called */
	struct tui_page page;
	bool is_asking;	      /* the search is being typed */
	char asked[TUI_SEARCH_MAX], search[TUI_SEARCH_MAX];
	struct text message;  /* said once, below */
};

/* Begins with the whole tree; false: no memory. */
bool tui_begin(struct tui *tui, struct model *model, const char *path);
void tui_release(struct tui *tui);

/* Does what a key of ncurses means where the reader is; one that means nothing says so. */
void tui_key(struct tui *tui, int key);
/* The selected line moves no further than the list goes, and is on the screen. */
void tui_settle(struct tui *tui);

/* Lays the selected row, or line, open: its node, or NULL. */
struct node *tui_selected(const struct tui *tui);
/* Makes the rows anew and selects the node's. */
void tui_select(struct tui *tui, const struct node *node);
/* Until the next key. */
void tui_say(struct tui *tui, const char *what);

/*
 * Each selects another node, or says why there is none: the next exit, or the one before, of the same
 * reason; the slowest exit; the next node, or the one before, in which tui->search is found.
 */
void tui_go_reason(struct tui *tui, bool is_back);
void tui_go_slowest(struct tui *tui);
void tui_go_search(struct tui *tui, bool is_back);
/* A key while the search is being typed. */
void tui_search_key(struct tui *tui, int key);

/* Pages. Each fills tui->page; the mix selects the reason of `node`, which may be NULL. */
void tui_page_mix(struct tui *tui, const struct node *node);
void tui_page_explain(struct tui *tui, const struct node *node);
void tui_page_help(struct tui *tui);
void tui_page_release(struct tui_page *page);
/* Does the selected line of the mix stand for the reason of this exit? */
bool tui_page_is_reason(const struct tui_page *page, const struct node *node);

/* Draws all of it. Needs ncurses to be on. */
void tui_draw(struct tui *tui);

#endif
