/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The vCPUs over time, in lanes that a script draws, and the exits that took longest. */
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/export.h"
#include "trace-viewer/html.h"
#include "trace-viewer/json.h"
#include "trace-viewer/report.h"

static uint32_t bins_used(const struct report_recording *r)
{
	return r->bin_ns ? (uint32_t)((r->span_ns + r->bin_ns - 1) / r->bin_ns) : 0;
}

/* Shares of a bin, a letter each from '0' (nothing) by way of '@' to 'l' (60: all of it). */
static void put_shares(FILE *file, const struct report_recording *r, const struct report_lane *lane,
		       enum report_where where)
{
	putc('"', file);
	for (uint32_t bin = 0; bin < bins_used(r); bin++) {
		const uint64_t share = (lane->bins[bin][where] * 60 + r->bin_ns - 1) / r->bin_ns;
		const int letter = '0' + (int)(share > 60 ? 60 : share);

		/* '<' would be at home in HTML, '\\' in JSON; both are moved beyond the others */
		putc(letter == '<' ? '~' : letter == '\\' ? '}' : letter, file);
	}
	putc('"', file);
}

static void put_data(struct report *report, const struct report_recording *r)
{
	struct json j = { .file = report->file };

	fputs("<script type=\"application/json\" class=data>", report->file);
	json_begin(&j, NULL, '{');
	json_number(&j, "bin_ns", r->bin_ns);
	json_number(&j, "bins", bins_used(r));
	json_begin(&j, "lanes", '[');
	for (uint32_t i = 0; i < r->lane_cnt; i++) {
		fputs(i ? ",[" : "[", report->file);
		for (int where = 0; where < WHERE_CNT; where++) {
			fputs(where ? "," : "", report->file);
			put_shares(report->file, r, r->lanes[i], (enum report_where)where);
		}
		putc(']', report->file);
	}
	json_end(&j, ']');
	json_end(&j, '}');
	fputs("</script>\n", report->file);
}

static void put_lane_name(FILE *file, const struct report_lane *lane)
{
	if (lane->vm)
		fprintf(file, "VM %u vCPU %d", lane->vm, lane->vcpu_id);
	else
		fprintf(file, "vCPU %d of no known VM", lane->vcpu_id);
}

/* What the picture says, in numbers. */
static void put_table(FILE *file, const struct report_recording *r)
{
	fputs("<div class=scroll><table><thead><tr><th scope=col>vCPU</th><th scope=col class=n>Exits</th>", file);
	for (int where = 0; where < WHERE_CNT; where++)
		fprintf(file, "<th scope=col class=n>%s</th>", report_where_title[where]);
	fputs("</tr></thead><tbody>\n", file);
	for (uint32_t i = 0; i < r->lane_cnt; i++) {
		fputs("<tr><th scope=row>", file);
		put_lane_name(file, r->lanes[i]);
		fputs("</th>", file);
		html_cell_count(file, r->lanes[i]->exit_cnt);
		for (int where = 0; where < WHERE_CNT; where++)
			html_cell_ns(file, r->lanes[i]->ns[where]);
		fputs("</tr>\n", file);
	}
	fputs("</tbody></table></div>\n", file);
}

void report_timeline(struct report *report, struct report_recording *r, uint32_t index)
{
	FILE *file = report->file;

	fprintf(file, "<h3>vCPUs over time</h3><div class=timeline data-recording=%u>"
		"<div class=tools role=group aria-label=\"Zoom of the timeline\">"
		"<button data-zoom=in aria-label=\"zoom in\">+</button>"
		"<button data-zoom=out aria-label=\"zoom out\">\xe2\x88\x92</button>"
		"<button data-zoom=all>all</button> <output></output></div>"
		"<div class=lanes>", index);
	for (uint32_t i = 0; i < r->lane_cnt; i++) {
		fputs("<div class=lane><span>", file);
		put_lane_name(file, r->lanes[i]);
		fputs("</span><canvas role=img tabindex=0 aria-label=\"where the time of this vCPU went, over time; "
		      "plus, minus and arrow keys zoom and move; the numbers are in the table below\">"
		      "</canvas></div>\n", file);
	}
	fputs("</div><p class=axis aria-hidden=true></p>", file);
	put_data(report, r);
	fputs("</div>\n", file);
	put_table(file, r);
	if (r->beyond_cnt) {
		struct text t;

		text_clear(&t);
		text_add_count(&t, r->beyond_cnt);
		fprintf(file, "<p class=note>%s exits of more vCPUs are counted, and not drawn.</p>\n", t.at);
	}
}

/* "port 0x3f8 COM1" */
static void add_qualifier(struct text *t, const struct exit_fact *fact)
{
	const uint32_t value = (uint32_t)fact->qualifier_value;
	const char *name = fact->qualifier == QUALIFIER_PORT ? kb_port_name(value) :
			   fact->qualifier == QUALIFIER_MSR ? kb_msr_name(value) :
			   fact->qualifier == QUALIFIER_CPUID ? kb_cpuid_leaf(value) : NULL;

	if (fact->qualifier == QUALIFIER_NONE)
		return;
	text_add(t, "%s 0x%llx", export_qualifier(fact), (unsigned long long)fact->qualifier_value);
	if (name)
		text_add(t, " %s", name);
}

static void slow_row(struct report *report, const struct report_recording *r, const struct report_slow *slow,
		     uint32_t index)
{
	const struct exit_fact *fact = &slow->fact;
	const uint64_t at_ns = fact->begin_ns > r->origin_ns ? fact->begin_ns - r->origin_ns : 0;
	FILE *file = report->file;
	struct text t;
	bool is_link;

	fputs("<tr><th scope=row>", file);
	text_clear(&t);
	exit_add_name(&t, fact->isa, fact->reason);
	is_link = report_exit_link(report, fact->isa, fact->reason);
	html_text(file, t.at);
	fputs(is_link ? "</a></th><td>" : "</th><td>", file);
	text_clear(&t);
	add_qualifier(&t, fact);
	html_text(file, t.at);
	fputs("</td>", file);
	html_cell_ns(file, slow->cost_ns);
	html_cell_ns(file, fact->kernel_ns);
	html_cell_ns(file, fact->user_ns);
	fputs("<td>", file);
	text_clear(&t);
	if (slow->off_cpu.cnt)
		off_cpu_add_text(&t, &slow->off_cpu, false);
	html_text(file, t.at);
	fputs("</td><td>", file);
	html_text(file, fact->handler ? fact->handler->symbol :
			fact->kernel_handler ? fact->kernel_handler->symbol : "");
	fprintf(file, "</td><td>VM %u vCPU %d</td><td class=n><button class=jump data-recording=%u data-at=%llu>",
		slow->vm, fact->vcpu_id, index, (unsigned long long)at_ns);
	text_clear(&t);
	text_add_ns(&t, at_ns, false);
	html_text(file, t.at);
	fputs("</button></td></tr>\n", file);
}

void report_slowest(struct report *report, struct report_recording *r, uint32_t index)
{
	FILE *file = report->file;

	fputs("<h3>The slowest exits</h3><p>Halts are left out: there the guest asked to wait.</p>"
	      "<div class=scroll><table><thead><tr><th scope=col>Exit</th><th scope=col>What</th>"
	      "<th scope=col class=n>Time</th><th scope=col class=n>Kernel</th><th scope=col class=n>VMM</th>"
	      "<th scope=col>Off CPU</th><th scope=col>Served by</th><th scope=col>Of</th><th scope=col class=n>At</th></tr></thead><tbody>\n",
	      file);
	for (uint32_t i = 0; i < r->slow_cnt; i++)
		slow_row(report, r, &r->slow[i], index);
	fputs("</tbody></table></div>\n", file);
}
