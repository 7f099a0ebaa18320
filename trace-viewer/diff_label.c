/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Labels by concept: functions through the knowledge base, exits through exit_concepts.def. */
#include "trace-viewer/diff_label.h"

#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_detail.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/text.h"

uint64_t label_mix(uint64_t label, uint64_t value)
{
	label = (label ^ value) * 0x9e3779b97f4a7c15ull;
	label ^= label >> 29;
	return label * 0xbf58476d1ce4e5b9ull ^ label >> 32;
}

static uint64_t label_text(uint64_t label, const char *text)
{
	while (*text)
		label = label_mix(label, (unsigned char)*text++);
	return label;
}

uint64_t label_of_kind(enum flow_kind kind)
{
	return label_mix(1, (uint64_t)kind);
}

static const struct func_row *func_of(const struct node *node)
{
	if (node->kind == NODE_FUNC)
		return NODE_AS_CONST(func, node)->func;
	return node->kind == NODE_INFERRED ? NODE_AS_CONST(inferred, node)->func : NULL;
}

bool label_is_vmm(const struct node *node)
{
	const struct func_row *func = func_of(node);

	return func && !strcmp(func->layer, "vmm");
}

bool label_is_main_thread(const struct node *node)
{
	const struct node_thread *t = NODE_AS_CONST(thread, node);

	return node->kind == NODE_THREAD && t->tid == t->tgid;
}

bool label_is_left_out(const struct node *node)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node);

	if (node->kind == NODE_EXIT)
		return exit_is_interrupt(e->isa, e->reason) && e->user_reason < 0;
	return node->kind == NODE_GUEST || node->kind == NODE_LOST || node->kind == NODE_DETAIL ||
	       node->kind == NODE_NOTE;
}

/* --- what each kind of node says ------------------------------------------------ */

struct words {
	struct text name, detail;
};

static void fill_thread(struct flow *flow, const struct node *node, struct words *w)
{
	flow->kind = FLOW_THREAD;
	if (node->vcpu >= 0) {
		text_add(&w->name, "thread of vCPU %d", node->vcpu);
		flow->label = label_mix(label_of_kind(FLOW_THREAD), (uint64_t)node->vcpu + 1);
	} else {
		text_add(&w->name, "thread");
		flow->label = label_of_kind(FLOW_THREAD);
	}
}

static void fill_ioctl(struct flow *flow, const struct node *node, struct words *w)
{
	const struct node_ioctl *io = NODE_AS_CONST(ioctl, node);
	const struct kb_ioctl *kb = kb_ioctl(io->cmd);
	const char *error = io->result < 0 && io->result > -4096 ? kb_errno_name((int)-io->result) : "";

	text_add(&w->name, "ioctl ");
	ioctl_add_name(&w->name, io->cmd);
	flow->label = label_mix(label_text(label_of_kind(FLOW_FRAME), "ioctl"), io->cmd);
	flow->concept = kb_ioctl_name(io->cmd) ? kb_ioctl_name(io->cmd) : "";
	flow->layer = "ioctl";
	flow->meaning = kb ? kb->meaning : "";
	flow->outcome = error ? error : "";
}

/* The name that stands for this step in every VMM and kernel. */
static const char *twin_of(enum kb_side side, const char *name)
{
	static const struct { enum kb_side side; const char *name, *twin; } twins[] = {
#define TWIN(side, name, twin) { KB_##side, name, twin },
#include "trace-viewer/kb/twins.def"
#undef TWIN
	};

	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
		if (twins[i].side == side && !strcmp(twins[i].name, name))
			return twins[i].twin;
	return name;
}

static void fill_func(struct flow *flow, const struct node *node, struct words *w)
{
	const struct func_row *func = func_of(node);
	enum kb_side side;
	const struct kb_concept *kb;

	flow->label = label_of_kind(FLOW_FRAME);
	if (!func) {
		text_add(&w->name, "function %u, not in the table", NODE_AS_CONST(func, node)->func_id);
		flow->label = label_mix(flow->label, NODE_AS_CONST(func, node)->func_id);
		return;
	}
	side = strcmp(func->layer, "vmm") ? KB_KERNEL : KB_VMM;
	kb = *func->concept ? kb_concept(side, func->concept) : NULL;
	if (!kb)
		kb = kb_concept(side, func->symbol);
	text_add(&w->name, "%s", func->symbol);
	flow->label = label_mix(flow->label, side);
	flow->concept = twin_of(side, kb ? kb->name : *func->concept ? func->concept : func->symbol);
	flow->label = label_text(flow->label, flow->concept);
	flow->layer = side == KB_VMM ? "vmm" : "kvm";
	flow->meaning = kb ? kb->meaning : "";
}

/* The exit without the value that it moved, which is another one each time. */
static struct node_exit exit_plain(const struct node_exit *e)
{
	struct node_exit plain = *e;

	plain.detail.has_value = false;
	plain.detail.cnt = 1;
	plain.detail.size = plain.detail.repeat = 0;
	if (plain.detail.kind == REC_kvm_cpuid)
		plain.detail.addr = 0; /* the subleaf: most leaves have none, and ECX is whatever it was */
	if (exit_is_nested_fault(e->isa, e->reason) && e->detail.kind != REC_kvm_mmio)
		plain.has_fault = false;
	return plain;
}

/*
 * SVM has a code for each control register and direction (APM vol. 2, appendix C): what VMX's
 * qualification, and KVM's tracepoint, say.
 */
static bool svm_control_register(const struct node_exit *e, uint32_t *number, bool *is_write)
{
	if (e->isa != REC_ISA_SVM || (e->reason > 0x1f && e->reason != 0x65 && (e->reason & ~0xfu) != 0x90))
		return false;
	*number = e->reason == 0x65 ? 0 : e->reason & 0xf; /* 0x65: CR0, bits other than TS and MP */
	*is_write = e->reason >= 0x10;
	return true;
}

/* Which port, MSR, leaf, register or device: the same numbers on both vendors. */
static uint64_t detail_label(const struct node_exit *e)
{
	const struct exit_detail *d = &e->detail;
	struct exit_io io;
	uint32_t number;
	bool is_write;

	if (svm_control_register(e, &number, &is_write))
		return label_mix(label_mix(REC_kvm_cr, number), is_write);
	if (exit_io(e->isa, e->reason, e->info1, &io))
		return label_mix(label_mix(REC_kvm_pio, io.port), !io.is_in);
	if (d->kind == REC_kvm_mmio)
		return label_mix(label_mix(REC_kvm_mmio, d->addr), d->is_write);
	return d->kind ? label_mix(label_mix(d->kind, d->index), d->is_write) : 0;
}

static void fill_exit(struct flow *flow, const struct node *node, struct words *w)
{
	struct node_exit plain = exit_plain(NODE_AS_CONST(exit, node));
	const struct exit_concept *concept = exit_concept(plain.isa, plain.reason);
	const struct kb_exit *user = plain.user_reason >= 0 ? kb_kvm_exit((uint32_t)plain.user_reason) : NULL;

	flow->kind = FLOW_EXIT;
	flow->label = label_of_kind(FLOW_EXIT);
	flow->concept = concept ? concept->name : "";
	if (concept)
		flow->label = label_text(flow->label, concept->name);
	else
		flow->label = label_mix(label_mix(flow->label, plain.isa), plain.reason);
	flow->label = label_mix(label_mix(flow->label, detail_label(&plain)), (uint64_t)plain.user_reason);
	flow->meaning = concept ? concept->meaning : "";
	text_add(&w->name, "exit ");
	exit_add_name(&w->name, plain.isa, plain.reason);
	if (!exit_is_nested_fault(plain.isa, plain.reason) || plain.detail.kind)
		exit_add_detail(&w->detail, &plain, true);
	if (user)
		text_add(&w->detail, "%s%s", w->detail.sz ? ", " : "", user->name);
	else if (plain.user_reason >= 0)
		text_add(&w->detail, "%sKVM_EXIT_%lld", w->detail.sz ? ", " : "", (long long)plain.user_reason);
}

static void fill_group(struct flow *flow, const struct node *node, struct words *w)
{
	(void)w;
	flow->kind = FLOW_LOOP;
	flow->label = label_of_kind(FLOW_LOOP);
	flow->count = NODE_AS_CONST(group, node)->iteration_cnt;
}

static void fill_mix(struct flow *flow, const struct node *node, struct words *w)
{
	flow->kind = FLOW_MIX;
	flow->label = label_of_kind(FLOW_MIX);
	flow->count = NODE_AS_CONST(mix, node)->node_cnt;
	text_add(&w->name, "in no order that repeats:");
}

typedef void fill_fn(struct flow *flow, const struct node *node, struct words *w);

static fill_fn *const fills[NODE_KIND_CNT] = {
	[NODE_THREAD] = fill_thread, [NODE_IOCTL] = fill_ioctl, [NODE_FUNC] = fill_func,
	[NODE_INFERRED] = fill_func, [NODE_EXIT] = fill_exit,	[NODE_GROUP] = fill_group,
	[NODE_MIX] = fill_mix,
};

bool label_flow(struct flow *flow, const struct node *node)
{
	struct words w;

	text_clear(&w.name);
	text_clear(&w.detail);
	flow->count = node->instance_cnt;
	if (fills[node->kind])
		fills[node->kind](flow, node, &w);
	flow->name = strdup(w.name.at);
	flow->detail = strdup(w.detail.at);
	return flow->name && flow->detail;
}

bool label_vm(struct flow *flow, const struct vm *vm)
{
	struct text name;

	text_clear(&name);
	if (vm->number)
		text_add(&name, "VM %u", vm->number);
	else
		text_add(&name, "outside any VM that was seen");
	flow->label = label_mix(label_of_kind(FLOW_VM), !vm->number);
	flow->name = strdup(name.at);
	flow->detail = strdup("");
	return flow->name && flow->detail;
}
