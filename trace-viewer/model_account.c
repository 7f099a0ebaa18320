/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the records around an exit to one fact. */
#include "trace-viewer/model_account.h"

#include <stdlib.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/model_thread.h"

/* What the exit's own information words say; a record may say it better. */
static void qualify(struct exit_fact *fact)
{
	struct exit_io io;

	if (exit_io(fact->isa, fact->reason, fact->info1, &io)) {
		fact->qualifier = QUALIFIER_PORT;
		fact->qualifier_value = io.port;
		fact->is_write = !io.is_in;
	} else if (fact->isa == REC_ISA_SVM && exit_is_nested_fault(fact->isa, fact->reason)) {
		fact->qualifier = QUALIFIER_GPA;
		fact->qualifier_value = fact->info2;
	}
}

void account_exit(struct thread *t, const struct vm *vm, struct vcpu *vcpu,
		  const struct rec_kvm_exit *r, uint64_t guest_ns)
{
	struct exit_account *a = &t->account;

	a->is_active = true;
	a->is_in_user = a->has_detail = false;
	a->open = NULL;
	a->vcpu = vcpu;
	a->mark_ns = r->header.time_ns;
	a->fact = (struct exit_fact){
		.vm = vm, .vcpu_id = vcpu->id, .tid = t->tid, .isa = r->isa, .reason = r->reason,
		.rip = r->rip, .info1 = r->info1, .info2 = r->info2,
		.begin_ns = r->header.time_ns, .guest_ns = guest_ns, .user_reason = -1,
		.inject = t->injected,
		/* it was none of the guest's, and is told from where the exit is */
		.kernel_ns = t->guest_off_cpu.ns, .off_cpu_ns = t->guest_off_cpu.ns,
		.off_cpu = &a->off_cpu,
	};
	off_cpu_none(&a->off_cpu);
	off_cpu_merge(&a->off_cpu, &t->guest_off_cpu);
	off_cpu_none(&t->guest_off_cpu);
	qualify(&a->fact);
}

void account_detail(struct thread *t, const struct exit_detail *d)
{
	static const struct { enum exit_qualifier qualifier; bool is_addr; } kinds[REC_KIND_END] = {
		[REC_kvm_pio] = { QUALIFIER_PORT, false },
		[REC_kvm_mmio] = { QUALIFIER_GPA, true },
		[REC_kvm_msr] = { QUALIFIER_MSR, false },
		[REC_kvm_cpuid] = { QUALIFIER_CPUID, false },
		[REC_kvm_cr] = { QUALIFIER_CR, false },
		[REC_kvm_hypercall] = { QUALIFIER_HYPERCALL, true },
	};
	struct exit_account *a = &t->account;

	if (!a->is_active || a->has_detail || d->kind >= REC_KIND_END || !kinds[d->kind].qualifier)
		return;
	a->has_detail = true;
	a->fact.qualifier = kinds[d->kind].qualifier;
	a->fact.qualifier_value = kinds[d->kind].is_addr ? d->addr : d->index;
	a->fact.is_write = d->is_write;
}

void account_fault(struct thread *t, uint64_t address)
{
	struct exit_account *a = &t->account;

	if (!a->is_active || a->has_detail)
		return;
	a->fact.qualifier = QUALIFIER_GPA;
	a->fact.qualifier_value = address;
}

void account_off_cpu(struct thread *t, const struct off_cpu_span *span)
{
	struct exit_account *a = &t->account;
	struct off_cpu_span part = *span;

	if (!a->is_active)
		return;
	if (part.out_ns < a->mark_ns)
		part.out_ns = a->mark_ns < part.in_ns ? a->mark_ns : part.in_ns;
	off_cpu_add(&a->off_cpu, &part);
	a->fact.off_cpu_ns = a->off_cpu.ns;
	if (a->is_in_user)
		a->fact.off_user_ns += off_cpu_ns(&part);
}

void account_user_reason(struct thread *t, uint32_t reason)
{
	if (!t->account.is_active)
		return;
	/* a later KVM_RUN that came to no entry has a reason of its own */
	if (t->account.fact.user_reason < 0)
		t->account.fact.user_reason = reason;
	t->account.vcpu->last_user_reason = reason;
}

void account_switch(struct thread *t, bool to_user, uint64_t now_ns)
{
	struct exit_account *a = &t->account;
	uint64_t ns = now_ns > a->mark_ns ? now_ns - a->mark_ns : 0;

	if (!a->is_active || a->is_in_user == to_user)
		return;
	if (a->is_in_user)
		a->fact.user_ns += ns;
	else
		a->fact.kernel_ns += ns;
	a->is_in_user = to_user;
	a->fact.went_to_user = a->fact.went_to_user || to_user;
	a->mark_ns = now_ns;
	a->open = NULL; /* what is still open has the next KVM_RUN in it: it is the run loop */
}

void account_func_enter(struct thread *t, const struct func_row *row)
{
	struct exit_account *a = &t->account;

	if (!a->is_active || !row)
		return;
	if (!a->is_in_user) {
		if (!a->fact.kernel_handler && !row->is_vmm)
			a->fact.kernel_handler = row;
		return;
	}
	if (!a->open) {
		a->open = row;
		a->innermost = NULL;
		a->open_depth = a->innermost_depth = t->depth;
	} else if (t->depth > a->innermost_depth) {
		a->innermost = row;
		a->innermost_depth = t->depth;
	}
}

void account_func_exit(struct thread *t)
{
	struct exit_account *a = &t->account;

	if (!a->is_active || !a->open || t->depth >= a->open_depth)
		return;
	if (!a->fact.handler) {
		a->fact.handler = a->open;
		a->fact.callee = a->innermost;
	}
	a->open = NULL;
}

/* --- the exit mix ------------------------------------------------------------ */

static struct mix_row *mix_row_get(struct model *model, struct vcpu *vcpu, uint32_t isa,
				   uint32_t reason)
{
	struct mix_row *row;

	for (row = vcpu->rows; row; row = row->next)
		if (row->isa == isa && row->reason == reason)
			return row;
	if (isa && model->mix_row_cnt >= MODEL_MIX_ROWS_MAX)
		return mix_row_get(model, vcpu, 0, 0);
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	model->mix_row_cnt++;
	row->isa = isa;
	row->reason = reason;
	row->next = vcpu->rows;
	vcpu->rows = row;
	return row;
}

static void mix_add(struct model *model, struct vcpu *vcpu, const struct exit_fact *fact)
{
	struct mix_row *row = mix_row_get(model, vcpu, fact->isa, fact->reason);

	if (!row)
		return;
	row->user_cnt += fact->went_to_user;
	row->kernel_ns += fact->kernel_ns;
	row->user_ns += fact->user_ns;
	if (fact->is_open)
		row->open_cnt++;
	else
		hist_add(&row->costs, fact->kernel_ns + fact->user_ns);
}

void account_close(struct model *model, struct thread *t, uint64_t now_ns, bool has_entry)
{
	struct exit_account *a = &t->account;

	if (!a->is_active)
		return;
	if (has_entry && !a->is_in_user)
		a->fact.kernel_ns += now_ns > a->mark_ns ? now_ns - a->mark_ns : 0;
	a->is_active = false;
	a->fact.is_open = !has_entry;
	if (!has_entry && !a->fact.handler) {
		a->fact.handler = a->open; /* it serves the exit still */
		a->fact.callee = a->innermost;
	}
	mix_add(model, a->vcpu, &a->fact);
	if (model->observer.exit)
		model->observer.exit(model->observer.owner, &a->fact);
}
