/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The state of kvmtree tui: its begin, its end, and a list that stays on the screen. */
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
