/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Escaped text, and cells of tables. */
#include "trace-viewer/html.h"

void html_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': fputs("&amp;", file); break;
		case '<': fputs("&lt;", file); break;
		case '>': fputs("&gt;", file); break;
		case '"': fputs("&quot;", file); break;
		case '\'': fputs("&#39;", file); break;
		default: putc(*text, file);
		}
	}
}

void html_element(FILE *file, const char *tag, const char *text)
{
	fprintf(file, "<%s>", tag);
	html_text(file, text);
	fprintf(file, "</%s>", tag);
}

static void cell(FILE *file, const struct text *t)
{
	fputs("<td class=n>", file);
	html_text(file, t->at);
	fputs("</td>", file);
}

void html_cell_ns(FILE *file, uint64_t ns)
{
	struct text t;

	text_clear(&t);
	text_add_ns(&t, ns, false);
	cell(file, &t);
}

void html_cell_count(FILE *file, uint64_t count)
{
	struct text t;

	text_clear(&t);
	text_add_count(&t, count);
	cell(file, &t);
}

void html_cell_share(FILE *file, uint64_t part, uint64_t whole)
{
	struct text t;

	text_clear(&t);
	if (whole)
		text_add(&t, "%.1f %%", (double)part * 100 / (double)whole);
	cell(file, &t);
}
