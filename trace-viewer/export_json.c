/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree export --format json: a JSON object a line, of the schema in docs/export.md. */
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/export.h"
#include "trace-viewer/ioctl_data.h"
#include "trace-viewer/json.h"
#include "trace-viewer/note_text.h"
#include "trace-viewer/tree_text.h"

static void line_begin(struct json *j, struct export *e, const char *type)
{
	*j = (struct json){ .file = e->file };
	json_begin(j, NULL, '{');
	json_string(j, "type", type);
}

static void line_end(struct json *j)
{
	json_end(j, '}');
	putc('\n', j->file);
}

static void put_vcpu(struct json *j, int32_t vcpu_id)
{
	if (vcpu_id >= 0)
		json_signed(j, "vcpu", vcpu_id);
	else
		json_null(j, "vcpu");
}

/* A field that may be missing: null, so that every line of a type has the same fields. */
static void put_func(struct json *j, const char *key, const struct func_row *func)
{
	if (func)
		json_string(j, key, func->symbol);
	else
		json_null(j, key);
}

static void put_qualifier(struct json *j, const struct exit_fact *fact)
{
	const char *qualifier = export_qualifier(fact);

	if (*qualifier) {
		json_string(j, "qualifier", qualifier);
		json_hex(j, "value", fact->qualifier_value);
	} else {
		json_null(j, "qualifier");
		json_null(j, "value");
	}
	json_bool(j, "is_write", fact->is_write);
}

/* The longest time without a CPU, and who had it. */
static void put_off_cpu(struct json *j, const struct off_cpu_sum *sum)
{
	if (sum->cnt) {
		json_string(j, "off_cpu_why", off_cpu_word(sum->worst.why));
		json_string(j, "off_cpu_next", sum->worst.next_comm);
		json_number(j, "off_cpu_next_tid", sum->worst.next_tid);
	} else {
		json_null(j, "off_cpu_why");
		json_null(j, "off_cpu_next");
		json_null(j, "off_cpu_next_tid");
	}
}

static void put_inject(struct json *j, const struct inject *inject)
{
	if (inject->is_there) {
		json_string(j, "injected", inject->type == REC_INJECT_EXCEPTION ? "exception" :
					   inject->type == REC_INJECT_NMI	? "nmi" :
										  "interrupt");
		json_number(j, "injected_vector", inject->vector);
	} else {
		json_null(j, "injected");
		json_null(j, "injected_vector");
	}
}

static void put_exit(struct export *e, const struct exit_fact *fact)
{
	struct text name, user;
	struct json j;

	text_clear(&name);
	exit_add_name(&name, fact->isa, fact->reason);
	text_clear(&user);
	export_add_user_reason(&user, fact->user_reason);
	line_begin(&j, e, "exit");
	json_signed(&j, "start_ns", export_time(e, fact->begin_ns));
	json_number(&j, "vm", fact->vm->number);
	put_vcpu(&j, fact->vcpu_id);
	json_number(&j, "tid", fact->tid);
	json_string(&j, "isa", export_isa(fact->isa));
	json_number(&j, "code", fact->reason);
	json_string(&j, "reason", name.at);
	put_qualifier(&j, fact);
	json_hex(&j, "rip", fact->rip);
	json_hex(&j, "info1", fact->info1);
	json_hex(&j, "info2", fact->info2);
	json_number(&j, "guest_ns", fact->guest_ns);
	json_number(&j, "kernel_ns", fact->kernel_ns);
	json_number(&j, "user_ns", fact->user_ns);
	json_number(&j, "off_cpu_ns", fact->off_cpu_ns);
	json_number(&j, "off_user_ns", fact->off_user_ns);
	put_off_cpu(&j, fact->off_cpu);
	put_inject(&j, &fact->inject);
	if (user.sz)
		json_string(&j, "user_reason", user.at);
	else
		json_null(&j, "user_reason");
	put_func(&j, "kernel_handler", fact->kernel_handler);
	put_func(&j, "handler", fact->handler);
	put_func(&j, "callee", fact->callee);
	json_bool(&j, "is_open", fact->is_open);
	json_bool(&j, "spans_loss", fact->spans_loss);
	line_end(&j);
}

static void put_span(struct export *e, const struct off_cpu_fact *fact)
{
	const struct off_cpu_span *span = fact->span;
	struct json j;

	line_begin(&j, e, "off_cpu");
	json_signed(&j, "start_ns", export_time(e, span->out_ns));
	json_number(&j, "duration_ns", off_cpu_ns(span));
	json_number(&j, "vm", fact->vm->number);
	put_vcpu(&j, fact->vcpu_id);
	json_number(&j, "tid", fact->tid);
	json_string(&j, "why", off_cpu_word(span->why));
	json_string(&j, "next", span->next_comm);
	json_number(&j, "next_tid", span->next_tid);
	if (span->woken_ns) {
		json_number(&j, "runnable_ns", span->in_ns - span->woken_ns);
		json_string(&j, "waker", span->waker_comm);
		json_number(&j, "waker_tid", span->waker_tid);
	} else {
		json_null(&j, "runnable_ns");
		json_null(&j, "waker");
		json_null(&j, "waker_tid");
	}
	json_bool(&j, "in_exit", fact->has_exit);
	line_end(&j);
}

static void put_note(struct export *e, const struct frame_fact *fact)
{
	const struct exit_detail *d = &NODE_AS_CONST(detail, fact->node)->detail;
	struct text what;
	struct json j;

	text_clear(&what);
	note_add(&what, d, true);
	line_begin(&j, e, "note");
	json_signed(&j, "start_ns", export_time(e, fact->node->start_ns));
	json_number(&j, "vm", fact->vm ? fact->vm->number : 0);
	put_vcpu(&j, fact->vcpu_id);
	json_number(&j, "tid", fact->tid);
	json_string(&j, "name", note_name(d));
	json_string(&j, "what", what.at);
	line_end(&j);
}

static void put_frame(struct export *e, const struct frame_fact *fact)
{
	const struct node *node = fact->node;
	struct tree_row row;
	struct text name;
	struct json j;

	if (node->kind == NODE_NOTE)
		put_note(e, fact);
	/* guest and exit are in the lines of type "exit" */
	if (!export_has(node) || node->kind == NODE_GUEST || node->kind == NODE_EXIT)
		return;
	text_clear(&name);
	export_add_name(&name, node);
	tree_row_fill(&row, node, true);
	line_begin(&j, e, "frame");
	json_signed(&j, "start_ns", export_time(e, node->start_ns));
	json_number(&j, "duration_ns", node_duration(node));
	json_number(&j, "vm", fact->vm ? fact->vm->number : 0);
	put_vcpu(&j, fact->vcpu_id);
	json_number(&j, "tid", fact->tid);
	json_number(&j, "depth", fact->depth);
	json_string(&j, "layer", frame_layer(node));
	json_string(&j, "name", name.at);
	json_string(&j, "call", row.call.at);
	json_string(&j, "owner", row.where.at);
	json_string(&j, "known_by", row.known.at);
	json_string(&j, "result", row.result.at);
	if (node->kind == NODE_IOCTL)
		ioctl_data_json(&j, "data", NODE_AS_CONST(ioctl, node));
	else
		json_null(&j, "data");
	json_bool(&j, "begin_unseen", node->flags & NODE_BEGIN_UNSEEN);
	json_bool(&j, "end_unseen", node->flags & NODE_END_UNSEEN);
	json_bool(&j, "spans_loss", node->flags & NODE_SPANS_LOSS);
	line_end(&j);
}

static void put_vm(struct export *e, const struct vm *vm)
{
	struct json j;

	line_begin(&j, e, "vm");
	json_number(&j, "vm", vm->number);
	json_string(&j, "command", vm->comm);
	json_number(&j, "pid", vm->tgid);
	json_number(&j, "exits", vm->exit_cnt);
	json_bool(&j, "is_destroyed", vm->is_destroyed);
	line_end(&j);
	for (const struct vcpu *vcpu = vm->vcpus; vcpu; vcpu = vcpu->next) {
		line_begin(&j, e, "vcpu");
		json_number(&j, "vm", vm->number);
		put_vcpu(&j, vcpu->id);
		json_number(&j, "exits", vcpu->exit_cnt);
		json_number(&j, "entries", vcpu->entry_cnt);
		json_number(&j, "guest_ns", vcpu->guest_ns);
		if (vcpu->has_counter)
			json_number(&j, "kvm_exits", vcpu->counter);
		else
			json_null(&j, "kvm_exits");
		if (vcpu->has_base)
			json_number(&j, "kvm_exits_before", vcpu->counter_base);
		else
			json_null(&j, "kvm_exits_before");
		line_end(&j);
	}
}

static void put_recording(struct export *e, const struct model *model)
{
	struct json j;

	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		if (model->vms[i] && (i || model->vms[i]->exit_cnt))
			put_vm(e, model->vms[i]);
	line_begin(&j, e, "recording");
	json_number(&j, "schema", 1);
	json_begin(&j, "meta", '[');
	for (uint32_t i = 0; i < model->meta_cnt; i++) {
		json_begin(&j, NULL, '{');
		json_string(&j, "key", model->meta[i].key);
		json_string(&j, "value", model->meta[i].value);
		json_end(&j, '}');
	}
	json_end(&j, ']');
	json_hex(&j, "clock_origin_ns", e->origin_ns);
	json_number(&j, "records", model->record_cnt);
	json_number(&j, "exits", model->exit_cnt);
	json_number(&j, "lost_records", model->lost_cnt);
	json_number(&j, "gaps", model->gap_cnt);
	json_bool(&j, "is_whole", model->ending.in_order);
	line_end(&j);
}

const struct export_format export_json = {
	.name = "json",
	.exit = put_exit,
	.off_cpu = put_span,
	.frame_close = put_frame,
	.end = put_recording,
};
