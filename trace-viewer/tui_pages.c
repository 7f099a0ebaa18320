/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The pages beside the tree: each is printed into memory, then shown by lines. */
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/stat_print.h"
#include "trace-viewer/tree_text.h"
#include "trace-viewer/tui.h"
#include "trace-viewer/tui_keys.h"

void tui_page_release(struct tui_page *page)
{
	free(page->text);
	free(page->lines);
	*page = (struct tui_page){ 0 };
}

/* Takes over text, which may be NULL, as the page's lines. */
static void page_set(struct tui_page *page, char *text)
{
	size_t cnt = 1;

	tui_page_release(page);
	if (!text)
		return;
	for (const char *c = text; *c; c++)
		cnt += *c == '\n';
	page->text = text;
	page->lines = calloc(cnt, sizeof(*page->lines));
	if (!page->lines)
		return;
	for (char *line; (line = strsep(&text, "\n")) && (*line || text);)
		page->lines[page->cnt++] = line;
}

/* --- the exit mix -------------------------------------------------------------- */

static void exit_name(struct text *name, const struct node *node)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node);

	text_clear(name);
	if (node && node->kind == NODE_EXIT)
		exit_add_name(name, e->isa, e->reason);
}

static bool is_line_of(const char *line, const struct text *name)
{
	line += strspn(line, " ");
	return name->sz && !strncmp(line, name->at, name->sz) &&
	       (line[name->sz] == ' ' || !line[name->sz]);
}

bool tui_page_is_reason(const struct tui_page *page, const struct node *node)
{
	struct text name;

	exit_name(&name, node);
	return page->selected < page->cnt && is_line_of(page->lines[page->selected], &name);
}

void tui_page_mix(struct tui *tui, const struct node *node)
{
	struct output out = { .width = tui->width, .is_ascii = tui->is_ascii };
	char *text = NULL;
	struct text name;
	size_t sz;

	out.file = open_memstream(&text, &sz);
	if (!out.file)
		return;
	stat_print(&out, tui->model, tui->stat);
	fclose(out.file);
	page_set(&tui->page, text);
	exit_name(&name, node);
	for (size_t i = 0; i < tui->page.cnt; i++) {
		if (!is_line_of(tui->page.lines[i], &name))
			continue;
		tui->page.selected = i;
		break;
	}
}

/* --- explanations ----------------------------------------------------------------- */

/* A paragraph behind its title, broken into lines that fit. */
static void print_paragraph(FILE *file, const char *title, const char *text, size_t width)
{
	if (!text || !*text)
		return;
	fprintf(file, "\n%s\n", title);
	while (*text) {
		const char *rest;
		size_t n = text_break(text, width - 2, &rest);

		fprintf(file, "  %.*s\n", (int)n, text);
		text = rest;
	}
}

static void print_exit(FILE *file, const struct node_exit *e, size_t width)
{
	const struct kb_exit *kb = exit_kb(e->isa, e->reason);
	const struct kb_exit *user = e->user_reason >= 0 ? kb_kvm_exit((uint32_t)e->user_reason) : NULL;

	if (kb) {
		print_paragraph(file, "What it means", kb->meaning, width);
		print_paragraph(file, "What in the guest causes it", kb->cause, width);
		print_paragraph(file, "Who handles it", kb->handler, width);
		print_paragraph(file, "Where it is specified", kb->spec, width);
	} else {
		print_paragraph(file, "What it means", exit_meaning(e), width);
	}
	if (user)
		print_paragraph(file, user->name, user->meaning, width);
}

void tui_page_explain(struct tui *tui, const struct node *node)
{
	size_t width = tui->width > 84 ? 80 : tui->width - 4, sz;
	struct tree_row row;
	char *text = NULL;
	FILE *file = open_memstream(&text, &sz);

	if (!file)
		return;
	tree_row_fill(&row, node, tui->is_ascii);
	fprintf(file, "%s%s%s\n", row.call.at, row.where.sz ? "   in " : "", row.where.at);
	if (row.known.sz)
		fprintf(file, "known by: %s\n", row.known.at);
	if (row.result.sz || row.time.sz)
		fprintf(file, "result: %s   time: %s\n", row.result.sz ? row.result.at : "none",
			row.time.sz ? row.time.at : "not known");
	if (node->kind == NODE_EXIT)
		print_exit(file, NODE_AS_CONST(exit, node), width);
	else
		print_paragraph(file, "What it means", row.means.at, width);
	if (node->kind != NODE_EXIT) /* of an exit that says the same */
		print_paragraph(file, "Why it is there", tree_why(node), width);
	fclose(file);
	page_set(&tui->page, text);
}

/* --- keys ---------------------------------------------------------------------------- */

void tui_page_help(struct tui *tui)
{
	char *text = NULL;
	size_t sz;
	FILE *file = open_memstream(&text, &sz);

	if (!file)
		return;
	tui_keys_print(file);
	fclose(file);
	page_set(&tui->page, text);
}
