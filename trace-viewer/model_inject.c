/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Events that KVM puts into a guest: they are shown at the entry that is to come. */
#include "trace-viewer/model_inject.h"

#include "trace-viewer/exit_qualify.h"

#define NMI_VECTOR 2

void model_on_inject(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_kvm_inject *r = &rec->kvm_inject;
	/* KVM had it ready before, and did not come to the entry: the guest has not seen it */
	bool is_tried = t->inject.is_there && t->inject.type == r->type &&
			t->inject.vector == r->vector && !(t->inject.flags & REC_INJECT_AGAIN);

	(void)model;
	/* an entry injects one event: what was put there before, KVM has taken back */
	t->inject = (struct inject){
		.is_there = true, .type = r->type, .vector = r->vector,
		.error_code = r->error_code,
		.flags = is_tried ? r->inject_flags & ~(uint32_t)REC_INJECT_AGAIN : r->inject_flags,
	};
}

/* KVM does the same for one that is new and one that an exit held up: that exit tells. */
static void inject_nmi(struct thread *t)
{
	bool is_again = t->answered && exit_delivers_nmi(NODE_AS_CONST(exit, t->answered));

	t->inject = (struct inject){
		.is_there = true, .type = REC_INJECT_NMI, .vector = NMI_VECTOR,
		.flags = is_again ? REC_INJECT_AGAIN : 0,
	};
}

void model_inject_begin(struct thread *t, const struct func_row *func)
{
	if (func && func->role == FUNC_INJECTS_NMI)
		inject_nmi(t);
}

void model_inject_end(struct thread *t, const struct func_row *func, int64_t result)
{
	/* a bool: of the register it fills the lowest byte */
	if (func && func->role == FUNC_LEAVES_NMI && result & 0xff)
		inject_nmi(t);
}
