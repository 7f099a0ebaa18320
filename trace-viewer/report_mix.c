/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exit mix of a recording as a table with bars, and the mixes of several beside each other. */
#include <stdlib.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/html.h"
#include "trace-viewer/report.h"

static void bar_part(FILE *file, const char *class, double at, double share)
{
	if (share > 0)
		fprintf(file, "<rect class=%s x=\"%.2f%%\" width=\"%.2f%%\" height=\"100%%\"/>", class, at, share);
}

static void count_bar(FILE *file, uint64_t cnt, uint64_t whole)
{
	fputs("<svg class=bar aria-hidden=true focusable=false>", file);
	bar_part(file, "count", 0, whole ? (double)cnt * 100 / (double)whole : 0);
	fputs("</svg>", file);
}

/* A bar whose parts have these lengths, of `whole`. */
static void bar(FILE *file, const uint64_t parts[WHERE_CNT], uint64_t whole)
{
	double at = 0;

	fputs("<svg class=bar aria-hidden=true focusable=false>", file);
	for (int where = 0; where < WHERE_CNT; where++) {
		const double share = whole ? (double)parts[where] * 100 / (double)whole : 0;

		bar_part(file, report_where_class[where], at, share);
		at += share;
	}
	fputs("</svg>", file);
}

/* kernel_ns and user_ns have the time without a CPU in them. */
static void parts_of(uint64_t parts[WHERE_CNT], const struct exit_row *row)
{
	const uint64_t kernel_off_ns = row->off_cpu_ns - row->off_user_ns;

	parts[WHERE_GUEST] = 0;
	parts[WHERE_KERNEL] = row->kernel_ns - (kernel_off_ns < row->kernel_ns ? kernel_off_ns : row->kernel_ns);
	parts[WHERE_USER] = row->user_ns - (row->off_user_ns < row->user_ns ? row->off_user_ns : row->user_ns);
	parts[WHERE_OFF] = row->off_cpu_ns;
}

static void key_cell(struct report *report, enum exit_by by, const struct exit_key *key)
{
	struct text t;
	bool is_link;

	text_clear(&t);
	exit_key_add(&t, by, key);
	fputs("<th scope=row>", report->file);
	is_link = by == BY_REASON && report_exit_link(report, key->space, (uint32_t)key->value);
	html_text(report->file, t.at);
	fputs(is_link ? "</a></th>" : "</th>", report->file);
}

static void mix_row(struct report *report, const struct report_recording *r, const struct exit_row *row,
		    uint64_t longest_ns)
{
	FILE *file = report->file;
	uint64_t parts[WHERE_CNT];

	parts_of(parts, row);
	fputs("<tr>", file);
	key_cell(report, BY_REASON, &row->key);
	html_cell_count(file, row->cnt);
	html_cell_share(file, row->cnt, r->reasons.sum.cnt);
	fputs("<td>", file);
	count_bar(file, row->cnt, r->reasons.sum.cnt);
	fputs("</td>", file);
	html_cell_count(file, row->user_cnt);
	if (row->costs.cnt) {
		html_cell_ns(file, hist_percentile(&row->costs, 50));
		html_cell_ns(file, hist_percentile(&row->costs, 99));
		html_cell_ns(file, row->costs.max);
	} else {
		/* none of them was followed by an entry, so that none has a cost */
		fputs("<td></td><td></td><td></td>", file);
	}
	html_cell_ns(file, exit_row_ns(row));
	fputs("<td>", file);
	bar(file, parts, longest_ns);
	fputs("</td></tr>\n", file);
}

/* Where the time of all vCPUs went. */
static void split(struct report *report, const struct report_recording *r)
{
	uint64_t parts[WHERE_CNT] = { 0 }, whole = 0;
	FILE *file = report->file;

	for (uint32_t i = 0; i < r->lane_cnt; i++)
		for (int where = 0; where < WHERE_CNT; where++) {
			parts[where] += r->lanes[i]->ns[where];
			whole += r->lanes[i]->ns[where];
		}
	fputs("<figure class=split>", file);
	bar(file, parts, whole);
	fputs("<figcaption><ul class=legend>", file);
	for (int where = 0; where < WHERE_CNT; where++) {
		struct text t;

		text_clear(&t);
		text_add_ns(&t, parts[where], false);
		fprintf(file, "<li class=%s>%s <b>%s</b> %.1f %%</li>", report_where_class[where],
			report_where_title[where], t.at, whole ? (double)parts[where] * 100 / (double)whole : 0);
	}
	fputs("</ul></figcaption></figure>\n", file);
}

void report_mix(struct report *report, struct report_recording *r)
{
	const struct exit_row **rows;
	const uint32_t cnt = exit_table_sort(&r->reasons, SORT_TIME, &rows);
	FILE *file = report->file;

	fputs("<h3>Where the time went</h3>\n", file);
	split(report, r);
	fputs("<h3>Why the guest exited</h3><div class=scroll><table class=mix><thead><tr><th scope=col>Exit</th>"
	      "<th scope=col class=n>Count</th><th scope=col class=n>Share</th><th></th>"
	      "<th scope=col class=n>To VMM</th><th scope=col class=n>p50</th><th scope=col class=n>p99</th>"
	      "<th scope=col class=n>Max</th><th scope=col class=n>Time</th><th></th></tr></thead><tbody>\n", file);
	for (uint32_t i = 0; i < cnt; i++)
		mix_row(report, r, rows[i], exit_row_ns(rows[0]));
	fputs("</tbody></table></div>\n", file);
	free(rows);
}

/* --- several recordings ----------------------------------------------------------- */

static const struct exit_row *concept_row(const struct report_recording *r, const struct exit_key *key)
{
	const struct exit_row **rows, *found = NULL;
	const uint32_t cnt = exit_table_sort(&r->concepts, SORT_KEY, &rows);

	for (uint32_t i = 0; i < cnt && !found; i++)
		if (!exit_key_compare(&rows[i]->key, key))
			found = rows[i];
	free(rows);
	return found;
}

static void rate_put(FILE *file, double rate)
{
	struct text t;

	text_clear(&t);
	text_add_rate(&t, rate);
	html_text(file, t.at);
}

static void compare_cells(FILE *file, const struct report_recording *r, const struct exit_row *row)
{
	static const struct exit_row none;
	const double seconds = (double)r->concepts.sum.guest_ns / 1e9;

	row = row ? row : &none;
	html_cell_count(file, row->cnt);
	html_cell_share(file, row->cnt, r->concepts.sum.cnt);
	fputs("<td>", file);
	count_bar(file, row->cnt, r->concepts.sum.cnt);
	fputs("</td><td class=n>", file);
	if (row->cnt && seconds > 0)
		rate_put(file, (double)row->cnt / seconds);
	fputs("</td>", file);
}

void report_compare(struct report *report)
{
	struct exit_table all = { .by = BY_CONCEPT };
	const struct exit_row **rows;
	FILE *file = report->file;
	uint32_t cnt;

	for (uint32_t i = 0; i < report->recording_cnt; i++)
		exit_table_merge(&all, &report->recordings[i].concepts);
	cnt = exit_table_sort(&all, SORT_COUNT, &rows);
	fputs("<section id=compare><h2>Side by side</h2><p>Exits by what they have in common on Intel and AMD; "
	      "the rate is per second in the guest.</p><div class=scroll><table class=mix><thead><tr>"
	      "<th rowspan=2 scope=col>Exit</th>", file);
	for (uint32_t i = 0; i < report->recording_cnt; i++) {
		fputs("<th colspan=4 scope=colgroup>", file);
		html_text(file, report->recordings[i].name);
		fputs("</th>", file);
	}
	fputs("</tr><tr>", file);
	for (uint32_t i = 0; i < report->recording_cnt; i++)
		fputs("<th scope=col class=n>Count</th><th scope=col class=n>Share</th><th></th>"
		      "<th scope=col class=n>Rate</th>", file);
	fputs("</tr></thead><tbody>\n", file);
	for (uint32_t i = 0; i < cnt; i++) {
		fputs("<tr>", file);
		key_cell(report, BY_CONCEPT, &rows[i]->key);
		for (uint32_t j = 0; j < report->recording_cnt; j++)
			compare_cells(file, &report->recordings[j],
				      concept_row(&report->recordings[j], &rows[i]->key));
		fputs("</tr>\n", file);
	}
	fputs("</tbody></table></div></section>\n", file);
	free(rows);
	exit_table_release(&all);
}
