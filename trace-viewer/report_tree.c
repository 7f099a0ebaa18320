/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The folded tree as nested lists, which a script opens and closes. */
#include <string.h>

#include "trace-viewer/html.h"
#include "trace-viewer/report.h"
#include "trace-viewer/symbols.h"
#include "trace-viewer/tree_text.h"

#define LEVELS_OPEN 9 /* levels that are open at first; folded nodes are not */

static const char *const classes[STYLE_CNT] = {
	[STYLE_PLAIN] = "plain", [STYLE_HEAD] = "head", [STYLE_VMM] = "vmm",	 [STYLE_IOCTL] = "ioctl",
	[STYLE_KVM] = "kvm",	 [STYLE_VENDOR] = "vendor", [STYLE_GUEST] = "guest", [STYLE_EXIT] = "exit",
	[STYLE_FOLD] = "fold",	 [STYLE_DIM] = "dim",	 [STYLE_BAD] = "bad",
};

static bool func_link(struct report *report, const struct func_row *func)
{
	const bool is_vmm = func && !strcmp(func->layer, "vmm");
	const struct kb_concept *kb = NULL;

	if (func && *func->concept)
		kb = kb_concept(is_vmm ? KB_VMM : KB_KERNEL, func->concept);
	if (func && !kb)
		kb = kb_concept(is_vmm ? KB_VMM : KB_KERNEL, func->symbol);
	return kb && report_link(report, is_vmm ? KB_GROUP_VMM : KB_GROUP_KERNEL, 0, kb->name);
}

/* A link to what explains the node; false: nothing does. */
static bool node_link(struct report *report, const struct node *node)
{
	const struct node_exit *exit = NODE_AS_CONST(exit, node);

	switch (node->kind) {
	case NODE_IOCTL:
		return report_link(report, KB_GROUP_IOCTL, NODE_AS_CONST(ioctl, node)->cmd, NULL);
	case NODE_FUNC:
		return func_link(report, NODE_AS_CONST(func, node)->func);
	case NODE_INFERRED:
		return func_link(report, NODE_AS_CONST(inferred, node)->func);
	case NODE_EXIT:
		return report_exit_link(report, exit->isa, exit->reason);
	default:
		return false;
	}
}

static void span(FILE *file, const char *class, const struct text *text)
{
	if (!text->sz)
		return;
	fprintf(file, "<span class=%s>", class);
	html_text(file, text->at);
	fputs("</span>", file);
}

static void put_row(struct report *report, const struct node *node)
{
	FILE *file = report->file;
	struct tree_row row;
	bool is_link;

	tree_row_fill(&row, node, false);
	fprintf(file, "<div class=\"row %s\"><span class=call>", classes[row.style]);
	is_link = node_link(report, node);
	html_text(file, row.call.at);
	fputs(is_link ? "</a></span>" : "</span>", file);
	span(file, "where", &row.where);
	span(file, "known", &row.known);
	span(file, "result", &row.result);
	span(file, "time", &row.time);
	span(file, "means", &row.means);
	fputs("</div>", file);
}

/* False: there is no room for another row, and that is said in its place. */
static bool has_room(struct report *report, unsigned int level)
{
	if (report->node_cnt < REPORT_NODES_MAX)
		return true;
	fprintf(report->file, "<li role=treeitem aria-level=%u style=\"--d:%u\"><div class=\"row bad\">"
		"<span class=call>more is not in this report: `kvmtree tree` has all</span></div></li>",
		level, level - 1);
	return false;
}

static void put_list(struct report *report, const struct node *first, unsigned int level);

static void put_node(struct report *report, const struct node *node, unsigned int level)
{
	const bool is_folded = node->kind == NODE_GROUP || node->kind == NODE_MIX;
	const bool has_list = node->first && !(node->parent && node->parent->kind == NODE_MIX);

	fprintf(report->file, "<li role=treeitem aria-level=%u style=\"--d:%u\"", level, level - 1);
	if (has_list)
		fprintf(report->file, " aria-expanded=%s", level <= LEVELS_OPEN && !is_folded ? "true" : "false");
	putc('>', report->file);
	put_row(report, node);
	report->node_cnt++;
	if (has_list)
		put_list(report, node->first, level + 1);
	fputs("</li>\n", report->file);
}

static void put_list(struct report *report, const struct node *first, unsigned int level)
{
	fputs("<ul role=group>", report->file);
	for (const struct node *node = first; node && has_room(report, level); node = node->next)
		put_node(report, node, level);
	fputs("</ul>", report->file);
}

static void put_vm(struct report *report, const struct vm *vm)
{
	const struct node *node, *part;
	FILE *file = report->file;

	if (vm->number)
		fprintf(file, "<ul role=tree class=tree aria-label=\"call tree of VM %u\">", vm->number);
	else
		fputs("<ul role=tree class=tree aria-label=\"outside any VM that was seen\">", file);
	/* the first part is the VM itself; other threads' parts have a line that says so */
	for (node = vm->root->first->first; node && has_room(report, 1); node = node->next)
		put_node(report, node, 1);
	part = node ? NULL : vm->root->first->next;
	for (; part && has_room(report, 1); part = part->next)
		put_node(report, part, 1);
	fputs("</ul>\n", file);
}

void report_tree(struct report *report, struct report_recording *r)
{
	const struct model *model = r->input.model;
	FILE *file = report->file;

	symbols_use(model->symbols); /* each recording has its own guest */
	fputs("<h3>The life of the VM as a call tree</h3><div class=treebox><div class=tools>"
	      "<label>search <input type=search placeholder=\"function, ioctl, exit, text\"></label> "
	      "<output aria-live=polite></output> <button data-tree=next>next</button> "
	      "<button data-tree=open>open all</button> <button data-tree=close>close all</button></div>"
	      "<div class=\"row titles\" aria-hidden=true><span class=call>Call</span><span class=where>In</span>"
	      "<span class=known>Known by</span><span class=result>Result</span><span class=time>Time</span>"
	      "<span class=means>What it means</span></div>\n", file);
	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		if (model->vms[i] && model->vms[i]->root && model->vms[i]->root->first)
			put_vm(report, model->vms[i]);
	fputs("</div>\n", file);
	symbols_use(NULL);
}
