/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Why a node is there, in sentences: kvmtree tree --why. */
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/note_text.h"
#include "trace-viewer/tree_cells.h"
#include "trace-viewer/tree_text.h"

/* "Lead: what." when there is any. */
static void add_sentence(struct text *t, const char *lead, const char *what)
{
	size_t sz = strlen(what);

	if (!sz)
		return;
	text_add(t, "%s%s%s%s", t->sz ? " " : "", lead, what, what[sz - 1] == '.' ? "" : ".");
}

static void why_func(struct text *t, const struct func_row *func)
{
	const struct kb_concept *kb = tree_func_concept(func);

	if (!kb)
		return;
	add_sentence(t, "", kb->why);
	add_sentence(t, "Source: ", kb->source);
}

static void why_ioctl(struct text *t, const struct node_ioctl *io)
{
	const struct kb_ioctl *kb = kb_ioctl(io->cmd);

	if (!kb)
		return;
	add_sentence(t, "Called ", kb->cause);
	add_sentence(t, "Served by ", kb->handler);
	add_sentence(t, "Specified in ", kb->spec);
}

static void why_exit(struct text *t, const struct node_exit *e)
{
	const struct kb_exit *kb = exit_kb(e->isa, e->reason);

	if (!kb)
		return;
	add_sentence(t, "Caused by ", kb->cause);
	add_sentence(t, "Served by ", kb->handler);
	add_sentence(t, "Specified in ", kb->spec);
}

static void why_note(struct text *t, const struct exit_detail *d)
{
	const struct kb_concept *kb = note_concept(d);

	if (!kb)
		return;
	add_sentence(t, "", kb->why);
	add_sentence(t, "Told by the tracepoint ", note_name(d));
	add_sentence(t, "Source: ", kb->source);
}

static void why_inject(struct text *t, const struct inject *inject)
{
	const struct kb_concept *kb =
		kb_concept(KB_KERNEL, inject->type == REC_INJECT_EXCEPTION ? "kvm_inj_exception" :
				      inject->type == REC_INJECT_NMI	   ? "inject_nmi" :
									     "kvm_inj_virq");

	if (inject->is_there && kb)
		add_sentence(t, "Before it ran: ", kb->meaning), add_sentence(t, "", kb->why);
}

const char *tree_why(const struct node *node)
{
	static struct text t;

	text_clear(&t);
	if (node->kind == NODE_FUNC)
		why_func(&t, NODE_AS_CONST(func, node)->func);
	else if (node->kind == NODE_INFERRED)
		why_func(&t, NODE_AS_CONST(inferred, node)->func);
	else if (node->kind == NODE_IOCTL)
		why_ioctl(&t, NODE_AS_CONST(ioctl, node));
	else if (node->kind == NODE_EXIT)
		why_exit(&t, NODE_AS_CONST(exit, node));
	else if (node->kind == NODE_GUEST)
		why_inject(&t, &NODE_AS_CONST(guest, node)->inject);
	else if (node->kind == NODE_NOTE)
		why_note(&t, &NODE_AS_CONST(detail, node)->detail);
	return t.sz ? t.at : NULL;
}
