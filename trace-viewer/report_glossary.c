/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Links into the explanations at the end of a report, which has those that it needs. */
#include <string.h>

#include "trace-viewer/explain_find.h"
#include "trace-viewer/explain_print.h"
#include "trace-viewer/html.h"
#include "trace-viewer/record_codec.h"
#include "trace-viewer/report.h"

bool report_link(struct report *report, enum kb_group group, uint32_t number, const char *name)
{
	struct kb_entry entry;

	for (size_t i = 0; i < REPORT_ENTRIES_MAX && kb_entry(group, i, &entry); i++) {
		if (name ? strcmp(entry.name, name) != 0 : number < entry.first || number > entry.last)
			continue;
		report->glossary.has[group][i] = true;
		fprintf(report->file, "<a href=\"#kb-%d-%zu\">", (int)group, i);
		return true;
	}
	return false;
}

bool report_exit_link(struct report *report, uint32_t isa, uint32_t reason)
{
	/* the upper half of a VMX reason is flags */
	if (isa == REC_ISA_VMX)
		return report_link(report, KB_GROUP_VMX, reason & 0xffff, NULL);
	return isa == REC_ISA_SVM && report_link(report, KB_GROUP_SVM, reason, NULL);
}

static void field(FILE *file, const char *label, const char *text)
{
	if (!*text)
		return;
	html_element(file, "dt", label);
	html_element(file, "dd", text);
}

static void explanation(FILE *file, const struct kb_entry *entry, size_t i)
{
	const bool is_function = entry->group == KB_GROUP_KERNEL || entry->group == KB_GROUP_VMM;
	struct text kind, source;

	text_clear(&kind);
	explain_add_kind(&kind, entry);
	text_clear(&source);
	explain_add_source(&source, entry->source);
	fprintf(file, "<article id=\"kb-%d-%zu\" tabindex=-1><h3>", (int)entry->group, i);
	html_text(file, entry->name);
	fputs(" <small>", file);
	html_text(file, kind.at);
	fputs("</small></h3><p>", file);
	html_text(file, entry->meaning);
	fputs("</p><dl>", file);
	field(file, is_function ? "Why" : entry->group == KB_GROUP_IOCTL ? "When" : "Cause", entry->cause);
	field(file, "Served by", entry->handler);
	field(file, "Source", source.at);
	fputs("</dl></article>\n", file);
}

void report_glossary(struct report *report)
{
	struct kb_entry entry;

	fputs("<section id=explain><h2>What the words mean</h2><div class=glossary>\n", report->file);
	for (enum kb_group group = 0; group < KB_GROUP_CNT; group++)
		for (size_t i = 0; i < REPORT_ENTRIES_MAX; i++)
			if (report->glossary.has[group][i] && kb_entry(group, i, &entry))
				explanation(report->file, &entry, i);
	fputs("</div></section>\n", report->file);
}
