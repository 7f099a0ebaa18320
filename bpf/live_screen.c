/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree live on the whole screen: a table, and one level further down for each key `enter`. */
#include <ctype.h>
#include <errno.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/commands.h"
#include "bpf/live.h"
#include "trace-viewer/screen.h"
#include "trace-viewer/scroll.h"

struct live_view {
	struct live *live;
	struct live_table table;
	struct live_focus focus;
	enum live_sort sort;
	size_t selected, top;
	bool is_asking, is_ended;
	char filter[48];
	char place[96]; /* what the focus is on, for the head */
	char exit[48];	/* the reason whose details are shown */
	bool is_at_bottom; /* the last key asked for details that there are not */
};

/* --- what a key does ------------------------------------------------------------- */

static void fill(struct live_view *view)
{
	view->focus.filter = view->filter;
	live_fill(view->live, &view->table, &view->focus, view->sort);
}

static void deeper(struct live_view *view)
{
	const struct live_line *line;

	if (view->selected >= view->table.cnt || view->focus.level == LIVE_BY_DETAIL)
		return;
	line = &view->table.lines[view->selected];
	if (view->focus.level == LIVE_BY_REASON) {
		view->focus.detail_kinds = live_row_details(line->isa, line->row);
		view->is_at_bottom = !view->focus.detail_kinds;
		if (view->is_at_bottom)
			return;
		snprintf(view->exit, sizeof(view->exit), "%.47s", line->name.at);
		view->focus.level = LIVE_BY_DETAIL;
		view->selected = view->top = 0;
		view->filter[0] = '\0';
		return;
	}
	snprintf(view->place, sizeof(view->place), "%s, process %u", line->comm, line->tgid);
	if (view->focus.level == LIVE_BY_VM) {
		view->focus.vm = line->vm;
		view->focus.level = LIVE_BY_VCPU;
	} else if (view->focus.level == LIVE_BY_VCPU) {
		view->focus.tid = line->tid;
		view->focus.level = LIVE_BY_REASON;
	}
	view->selected = view->top = 0;
	view->filter[0] = '\0';
}

static void back(struct live_view *view)
{
	view->selected = view->top = 0;
	view->filter[0] = '\0';
	switch (view->focus.level) {
	case LIVE_BY_DETAIL:
		view->focus.level = LIVE_BY_REASON;
		break;
	case LIVE_BY_REASON:
		view->focus.level = view->focus.tid || !view->focus.vm ? LIVE_BY_VCPU : LIVE_BY_VM;
		view->focus.tid = 0;
		if (view->focus.vm)
			break;
		/* fall through */
	case LIVE_BY_VCPU:
		view->focus.level = LIVE_BY_VM;
		view->focus.vm = 0;
		break;
	default:
		view->is_ended = true;
	}
}

/* The reasons of all that the focus, or the selected line, holds. */
static void reasons(struct live_view *view)
{
	const struct live_line *line = view->selected < view->table.cnt ?
		&view->table.lines[view->selected] : NULL;

	if (line && view->focus.level == LIVE_BY_VM)
		view->focus.vm = line->vm;
	else if (line && view->focus.level == LIVE_BY_VCPU)
		view->focus.tid = line->tid;
	if (line && view->focus.level != LIVE_BY_DETAIL)
		snprintf(view->place, sizeof(view->place), "%s, process %u", line->comm, line->tgid);
	view->focus.level = LIVE_BY_REASON;
	view->selected = view->top = 0;
}

static void up(struct live_view *view)
{
	view->selected -= view->selected > 0;
}

static void down(struct live_view *view)
{
	view->selected += view->selected + 1 < view->table.cnt;
}

static void sort_next(struct live_view *view)
{
	view->sort = (view->sort + 1) % LIVE_SORTS;
}

static void filter_ask(struct live_view *view)
{
	view->is_asking = true;
	view->filter[0] = '\0';
}

static void filter_key(struct live_view *view, int key)
{
	size_t sz = strlen(view->filter);

	if (key == '\n' || key == KEY_ENTER || key == '\r' || key == 27)
		view->is_asking = false;
	if (key == 27)
		view->filter[0] = '\0';
	else if ((key == KEY_BACKSPACE || key == 127 || key == 8) && sz)
		view->filter[sz - 1] = '\0';
	else if (key > 0 && key < 128 && isprint(key) && sz + 1 < sizeof(view->filter)) {
		view->filter[sz] = (char)key;
		view->filter[sz + 1] = '\0';
	}
}

static const struct {
	int code;
	void (*action)(struct live_view *view);
} keys[] = {
	{ KEY_UP, up },	    { 'k', up },	{ KEY_DOWN, down },  { 'j', down },  { '\n', deeper },
	{ '\r', deeper },   { KEY_RIGHT, deeper }, { KEY_LEFT, back }, { 27, back },   { 'q', back },
	{ KEY_BACKSPACE, back }, { 127, back },	{ 'r', reasons },    { 's', sort_next }, { '/', filter_ask },
};

static void key_take(struct live_view *view, int key)
{
	view->is_at_bottom = false;
	if (view->is_asking) {
		filter_key(view, key);
		return;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == key)
			keys[i].action(view);
}

/* --- drawing ----------------------------------------------------------------------- */

static const char *const sort_names[LIVE_SORTS] = {
	[LIVE_SORT_CNT] = "exits", [LIVE_SORT_NS] = "time", [LIVE_SORT_P99] = "p99", [LIVE_SORT_NAME] = "name",
};

static void put_line(int y, int attributes, struct text *line)
{
	text_fit(line, (size_t)COLS, true);
	text_pad(line, (size_t)COLS);
	attrset(attributes);
	mvaddstr(y, 0, line->at);
	attrset(A_NORMAL);
}

static void add_ns(struct text *line, uint64_t ns)
{
	struct text t;

	text_clear(&t);
	text_add(&t, "-");
	if (ns)
		text_clear(&t);
	if (ns)
		text_add_ns(&t, ns, true);
	text_add(line, " %9s", t.at);
}

static void draw_head(const struct live_view *view)
{
	const struct live_table *t = &view->table;
	double all_ns = (double)(t->sum_ns + t->sum_guest_ns);
	struct text line;

	text_clear(&line);
	text_add(&line, " kvmtree live  %s", view->focus.vm || view->focus.tid ? view->place : "all VMs");
	if (view->focus.tid)
		text_add(&line, ", thread %u", view->focus.tid);
	if (view->focus.level == LIVE_BY_DETAIL)
		text_add(&line, ", %s", view->exit);
	text_add(&line, "  %.0f exits/s", t->seconds > 0 ? (double)t->sum_cnt / t->seconds : 0);
	if (view->focus.level != LIVE_BY_DETAIL && all_ns > 0)
		text_add(&line, "  %.0f %% in the guest", (double)t->sum_guest_ns * 100 / all_ns);
	put_line(0, A_REVERSE | A_BOLD, &line);
	text_clear(&line);
	text_add(&line, "%-*s %10s %7s %9s %9s %9s %9s", COLS > 100 ? 40 : COLS - 60,
		 view->focus.level == LIVE_BY_VM ? "VM" : view->focus.level == LIVE_BY_VCPU ? "VCPU" :
		 view->focus.level == LIVE_BY_REASON ? "EXIT" : "WHAT ABOUT",
		 "EXITS/S", "SHARE", "TIME", "P50", "P90", "P99");
	put_line(1, screen_style(STYLE_HEAD), &line);
}

static void draw_line(const struct live_view *view, size_t index, int y)
{
	const struct live_line *l = &view->table.lines[index];
	size_t name_cells = (size_t)(COLS > 100 ? 40 : COLS - 60);
	struct text line;

	text_clear(&line);
	text_add(&line, "%s", l->name.at);
	text_fit(&line, name_cells, true);
	text_pad(&line, name_cells);
	text_add(&line, " %10.0f %5.1f %%", (double)l->cnt / view->table.seconds,
		 view->table.sum_cnt ? (double)l->cnt * 100 / (double)view->table.sum_cnt : 0);
	add_ns(&line, l->ns);
	add_ns(&line, live_percentile(l->buckets, 50));
	add_ns(&line, live_percentile(l->buckets, 90));
	add_ns(&line, live_percentile(l->buckets, 99));
	put_line(y, index == view->selected ? A_REVERSE : l->cnt ? A_NORMAL : A_DIM, &line);
}

static void draw(struct live_view *view)
{
	size_t height = LINES > 4 ? (size_t)(LINES - 3) : 1;
	uint64_t unplaced = live_kernel_unplaced(view->live->kernel);
	struct text line;

	scroll_settle(&view->selected, &view->top, view->table.cnt, height);
	erase();
	draw_head(view);
	for (size_t y = 0; y < height && view->top + y < view->table.cnt; y++)
		draw_line(view, view->top + y, (int)y + 2);
	text_clear(&line);
	if (view->is_asking)
		text_add(&line, " only names with: %s_", view->filter);
	else if (view->focus.level == LIVE_BY_DETAIL && view->live->why_refused)
		text_add(&line, " cannot be counted here: %s  q back", view->live->why_refused);
	else if (view->is_at_bottom)
		text_add(&line, " what these exits were about is not counted: ports, memory, MSRs and CPUID are");
	else if (unplaced)
		text_add(&line, " %llu exits of more vCPUs than fit were not counted: --vcpus",
			 (unsigned long long)unplaced);
	else if (!view->table.cnt && view->focus.level == LIVE_BY_DETAIL)
		text_add(&line, " counted since you came here: nothing yet  q back");
	else if (!view->table.cnt)
		text_add(&line, " no VM has exited yet  q end");
	else
		text_add(&line, " enter deeper  r reasons  s sort (by %s)  / filter%s%s  q back",
			 sort_names[view->sort], view->filter[0] ? ": " : "", view->filter);
	put_line(LINES - 1, view->is_asking ? A_BOLD : A_DIM, &line);
	refresh();
}

int live_screen(struct live *live, int interval_ms)
{
	struct live_view view = { .live = live, .focus = { .row = -1 } };
	uint64_t next_ns = 0;

	if (!screen_begin(live_spec.command))
		return EXIT_FAILURE;
	timeout(100);
	while (!view.is_ended) {
		int key;

		if (live_is_due(&next_ns, interval_ms))
			live_look(live, view.focus.level == LIVE_BY_DETAIL);
		fill(&view);
		draw(&view);
		errno = 0;
		key = getch();
		if (key == SCREEN_KEY_INTERRUPT || (key == ERR && errno && errno != EINTR && errno != EAGAIN))
			break;
		if (key != ERR && key != KEY_RESIZE)
			key_take(&view, key);
	}
	screen_end();
	live_table_release(&view.table);
	return EXIT_SUCCESS;
}
