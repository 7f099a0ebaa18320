/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The probe plan as text: for the trace file, and for people. */
#include <stdio.h>
#include <stdlib.h>

#include "bpf/plan.h"

const char *const plan_layer_names[] = { "vmm", "ioctl", "kvm", "vendor" };
const char *const plan_rung_names[] = {
	"fentry", "kprobe.multi", "kprobe", "tracepoint", "uprobe", "inlined", "missing",
};

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

char *plan_funcs_text(const struct plan *plan, uint32_t first, size_t *text_sz)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, text_sz);

	if (!out)
		return NULL;
	for (uint32_t id = first; id < plan->func_cnt; id++) {
		const struct plan_func *func = &plan->funcs[id];

		fprintf(out, "%u\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", id,
			plan_layer_names[func->layer], or_dash(func->owner), func->symbol,
			func->concept, plan_rung_names[func->rung], or_dash(func->under),
			or_dash(func->args), or_dash(func->note), or_dash(func->returns),
			or_dash(func->types));
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static void tracepoints_print(const struct plan *plan)
{
	printf("\ntracepoints of kvm: entries, exits and their details\n\n");
	for (int event = 0; event < TP_EVENT_CNT; event++)
		printf("  %-20s %s\n", tp_event_names[event],
		       plan_wants_event(plan, (enum tp_event)event) ? "tracepoint" :
		       plan->tracepoints.is_there[event] ? "not wanted: --detail exits" :
							   "missing: not in this kernel");
}

void plan_print(const struct plan *plan)
{
	unsigned int cnt[RUNG_CNT] = { 0 };

	tracepoints_print(plan);
	if (plan->options.detail == DETAIL_EXITS) {
		printf("\nno functions: --detail exits\n");
		return;
	}
	printf("\nfunctions of the walk, in the order in which a VM meets them\n\n");
	printf("  %-32s %-10s %-8s %s\n", "FUNCTION", "MODULE", "SEEN BY", "WHY NOT TRACED");
	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		const struct plan_func *func = &plan->funcs[id];

		printf("  %-32s %-10s %-8s %s\n", func->symbol, func->owner,
		       plan_rung_names[func->rung], func->note);
		cnt[func->rung]++;
	}
	printf("\n%u traced by fentry, ", cnt[RUNG_FENTRY]);
	if (cnt[RUNG_KPROBE])
		printf("%u by kprobe, ", cnt[RUNG_KPROBE]);
	if (cnt[RUNG_UPROBE])
		printf("%u by uprobe, ", cnt[RUNG_UPROBE]);
	printf("%u inlined (drawn as inferred), %u missing\n", cnt[RUNG_INLINED],
	       cnt[RUNG_MISSING]);
}
