/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The state of kvmtree tui: its begin, its end, and a list that stays on the screen. */
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

/* As many lines as there is room for are seen, the selected one among them. */
static void settle(size_t *selected, size_t *top, size_t cnt, size_t height)
{
	size_t last_top = cnt > height ? cnt - height : 0;

	if (*selected >= cnt)
		*selected = cnt ? cnt - 1 : 0;
	if (*selected < *top)
		*top = *selected;
	if (*selected >= *top + height)
		*top = *selected - height + 1;
	if (*top > last_top)
		*top = last_top;
}

void tui_settle(struct tui *tui)
{
	settle(&tui->selected, &tui->top, tui->rows.cnt, tui->height);
	settle(&tui->page.selected, &tui->page.top, tui->page.cnt, tui->height);
}
