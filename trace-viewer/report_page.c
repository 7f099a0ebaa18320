/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The page: head, style, a section for each recording, script. Nothing in it comes from elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/html.h"
#include "trace-viewer/report.h"
#include "trace-viewer/summary.h"

static const char style[] =
#include "trace-viewer/report_css.inc"
	;

static const char script[] =
#include "trace-viewer/report_js.inc"
	;

static void put_head(struct report *report)
{
	FILE *file = report->file;

	fputs("<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>"
	      "<meta name=viewport content=\"width=device-width, initial-scale=1\">"
	      "<meta name=generator content=\"kvmtree " KVMTREE_VERSION "\">"
	      /* the page needs nothing from outside, and could not get it */
	      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'; "
	      "script-src 'unsafe-inline'; img-src data:\">", file);
	html_element(file, "title", report->title.at);
	fputs("<style>\n", file);
	fputs(style, file);
	fputs("</style><noscript><style>li[aria-expanded=false]>ul{display:block!important}"
	      ".tools,.timeline{display:none!important}</style></noscript></head>\n<body>\n", file);
}

static void put_nav(struct report *report)
{
	FILE *file = report->file;

	fputs("<a class=skip href=\"#main\">to the content</a><header><h1>", file);
	html_text(file, report->title.at);
	fputs("</h1><nav aria-label=\"parts of this report\">", file);
	for (uint32_t i = 0; i < report->recording_cnt; i++) {
		fprintf(file, "<a href=\"#r%u\">", i);
		html_text(file, report->recordings[i].name);
		fputs("</a>", file);
	}
	if (report->recording_cnt > 1)
		fputs("<a href=\"#compare\">Side by side</a>", file);
	fputs("<a href=\"#explain\">Explanations</a><button id=theme aria-label=\"dark or light\">"
	      "\xe2\x97\x90</button></nav></header><main id=main tabindex=-1>\n", file);
}

static void put_tile(FILE *file, const char *label, const char *value)
{
	fprintf(file, "<div class=\"%s\">", strcmp(label, "command") ? "" : label);
	html_element(file, "dt", label);
	html_element(file, "dd", value);
	fputs("</div>", file);
}

static void put_count_tile(FILE *file, const char *label, uint64_t count)
{
	struct text t;

	text_clear(&t);
	text_add_count(&t, count);
	put_tile(file, label, t.at);
}

static void put_meta_tile(FILE *file, const struct model *model, const char *label, const char *key)
{
	const char *value = model_meta(model, key);

	if (value)
		put_tile(file, label, value);
}

static void put_overview(struct report *report, const struct report_recording *r)
{
	const struct model *model = r->input.model;
	FILE *file = report->file;
	struct text t;

	fputs("<dl class=tiles>", file);
	put_meta_tile(file, model, "command", "command");
	put_tile(file, "processor", summary_vendor(model));
	put_meta_tile(file, model, "Linux", "kernel");
	text_clear(&t);
	text_add_ns(&t, model->time_last_ns - model->time_first_ns, false);
	put_tile(file, "recorded", t.at);
	put_count_tile(file, "VMs", model->vm_cnt);
	put_count_tile(file, "vCPUs", r->lane_cnt);
	put_count_tile(file, "exits", model->exit_cnt);
	put_count_tile(file, "records lost", model->lost_cnt);
	fputs("</dl>\n", file);
	if (!model->ending.in_order)
		fputs("<p class=note>The recording did not end in order: this is how far it goes.</p>\n", file);
	if (model->lost_cnt)
		fputs("<p class=note>Records were lost: counts are lower bounds, and times that span a loss are "
		      "marked.</p>\n", file);
}

static void put_recording(struct report *report, uint32_t index)
{
	struct report_recording *r = &report->recordings[index];
	FILE *file = report->file;

	fprintf(file, "<section id=r%u class=recording><h2>", index);
	html_text(file, r->name);
	fputs("</h2>\n", file);
	put_overview(report, r);
	report_mix(report, r);
	report_timeline(report, r, index);
	report_slowest(report, r, index);
	report_tree(report, r);
	fputs("</section>\n", file);
}

void report_page(struct report *report)
{
	FILE *file = report->file;

	put_head(report);
	put_nav(report);
	if (report->recording_cnt > 1)
		report_compare(report);
	for (uint32_t i = 0; i < report->recording_cnt; i++)
		put_recording(report, i);
	report_glossary(report);
	fputs("</main><footer>Made by kvmtree " KVMTREE_VERSION "; this file needs nothing but itself.</footer>\n"
	      "<script>\n", file);
	fputs(script, file);
	fputs("</script></body></html>\n", file);
}
