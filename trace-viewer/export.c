/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the formats of an export have in common. */
#include "trace-viewer/export.h"

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/kb.h"

static void tell_exit(void *owner, const struct exit_fact *fact)
{
	struct exporting *x = owner;

	x->format->exit(&x->e, fact);
}

static void tell_off_cpu(void *owner, const struct off_cpu_fact *fact)
{
	struct exporting *x = owner;

	x->format->off_cpu(&x->e, fact);
}

static void tell_open(void *owner, const struct frame_fact *fact)
{
	struct exporting *x = owner;

	/* whatever the format writes, its clock begins with the first frame */
	export_time(&x->e, fact->node->start_ns);
}

static void tell_close(void *owner, const struct frame_fact *fact)
{
	struct exporting *x = owner;

	x->format->frame_close(&x->e, fact);
}

bool export_begin(struct exporting *x)
{
	return !x->format->begin || x->format->begin(&x->e);
}

struct observer export_observer(struct exporting *x)
{
	return (struct observer){
		.owner = x,
		.exit = x->format->exit ? tell_exit : NULL,
		.off_cpu = x->format->off_cpu ? tell_off_cpu : NULL,
		.frame_open = tell_open,
		.frame_close = x->format->frame_close ? tell_close : NULL,
	};
}

void export_end(struct exporting *x, const struct model *model)
{
	if (x->format->end)
		x->format->end(&x->e, model);
}

void export_release(struct exporting *x)
{
	if (x->format->release)
		x->format->release(&x->e);
}

int64_t export_time(struct export *e, uint64_t time_ns)
{
	if (!e->has_origin) {
		e->has_origin = true;
		e->origin_ns = time_ns;
	}
	return (int64_t)(time_ns - e->origin_ns);
}

bool export_has(const struct node *node)
{
	return node->kind == NODE_IOCTL || node->kind == NODE_FUNC || node->kind == NODE_GUEST ||
	       node->kind == NODE_EXIT || node->kind == NODE_LOST;
}

void export_add_name(struct text *t, const struct node *node)
{
	const struct func_row *func;

	switch (node->kind) {
	case NODE_IOCTL:
		text_add(t, "ioctl ");
		ioctl_add_name(t, NODE_AS_CONST(ioctl, node)->cmd);
		break;
	case NODE_FUNC:
		func = NODE_AS_CONST(func, node)->func;
		text_add(t, "%s", func ? func->symbol : "function that is not in the table");
		break;
	case NODE_GUEST:
		text_add(t, "guest");
		break;
	case NODE_EXIT:
		exit_add_name(t, NODE_AS_CONST(exit, node)->isa, NODE_AS_CONST(exit, node)->reason);
		break;
	case NODE_LOST:
		text_add(t, "lost");
		break;
	default:
		break;
	}
}

void export_add_user_reason(struct text *t, int64_t user_reason)
{
	const struct kb_exit *kb;

	if (user_reason < 0)
		return;
	kb = kb_kvm_exit((uint32_t)user_reason);
	if (kb)
		text_add(t, "%s", kb->name);
	else
		text_add(t, "KVM_EXIT_%lld", (long long)user_reason);
}

const char *export_qualifier(const struct exit_fact *fact)
{
	static const char *const names[] = {
		[QUALIFIER_NONE] = "",	       [QUALIFIER_PORT] = "port", [QUALIFIER_GPA] = "gpa",
		[QUALIFIER_MSR] = "msr",       [QUALIFIER_CPUID] = "cpuid", [QUALIFIER_CR] = "cr",
		[QUALIFIER_HYPERCALL] = "hypercall",
	};

	return fact->qualifier < sizeof(names) / sizeof(names[0]) ? names[fact->qualifier] : "";
}

const char *export_isa(uint32_t isa)
{
	return isa == REC_ISA_VMX ? "vmx" : isa == REC_ISA_SVM ? "svm" : "unknown";
}
