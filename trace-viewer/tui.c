/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The state of kvmtree tui: its begin, its end, and which line is selected. */
#include "trace-viewer/scroll.h"
#include "trace-viewer/tui.h"

bool tui_begin(struct tui *tui, struct model *model, const char *path)
{
	*tui = (struct tui){ .model = model, .path = path, .width = 80, .height = 20 };
	return tui_rows_fill(&tui->rows, model);
}

void tui_release(struct tui *tui)
{
	tui_rows_release(&tui->rows);
	tui_page_release(&tui->page);
}

void tui_settle(struct tui *tui)
{
	scroll_settle(&tui->selected, &tui->top, tui->rows.cnt, tui->height);
	scroll_settle(&tui->page.selected, &tui->page.top, tui->page.cnt, tui->height);
}

void tui_say(struct tui *tui, const char *what)
{
	text_clear(&tui->message);
	text_add(&tui->message, "%s", what);
}

struct node *tui_selected(const struct tui *tui)
{
	return tui->selected < tui->rows.cnt ? tui->rows.rows[tui->selected].node : NULL;
}

void tui_select(struct tui *tui, const struct node *node)
{
	size_t at;

	if (!tui_rows_fill(&tui->rows, tui->model))
		tui_say(tui, "not all rows are here: no memory");
	at = tui_rows_find(&tui->rows, node);
	if (at < tui->rows.cnt)
		tui->selected = at;
}
