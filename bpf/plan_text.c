/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The probe plan as text: for the trace file, and for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/plan.h"
#include "trace-viewer/output.h"
#include "trace-viewer/text.h"

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

/* --- for people ------------------------------------------------------------------ */

/* Text that goes on at its own column, in what is left of the line. */
static void wrap(const struct output *out, const char *text, size_t indent)
{
	size_t room = out->width > indent + 20 ? out->width - indent : 20;
	const char *rest = text;

	do {
		size_t n = text_break(text, room, &rest);

		fprintf(out->file, "%.*s\n%*s", (int)n, text, *rest ? (int)indent : 0, "");
		text = rest;
	} while (*text);
}

void plan_line(const struct output *out, const char *state, const char *name, const char *text)
{
	fprintf(out->file, "  %-4s %-12s ", state, name);
	wrap(out, text, 20);
}

static void rungs_print(const struct plan *plan, const struct output *out)
{
	static const struct {
		enum plan_rung rung;
		const char *use;
	} rows[] = {
		{ RUNG_FENTRY, "functions with arguments and results, at the least cost" },
		{ RUNG_KPROBE_MULTI, "hundreds of functions by one attachment" },
		{ RUNG_KPROBE, "functions one by one, where fentry cannot be had" },
		{ RUNG_TRACEPOINT, "ioctls by their system call, where no function can be traced" },
		{ RUNG_UPROBE, "the VMM's own functions" },
	};
	bool has_rung[RUNG_CNT] = {
		[RUNG_FENTRY] = plan->can_fentry, [RUNG_KPROBE_MULTI] = plan->can_multi,
		[RUNG_KPROBE] = plan->can_kprobe, [RUNG_TRACEPOINT] = plan->can_syscall,
		[RUNG_UPROBE] = plan->can_uprobe,
	};

	fprintf(out->file, "\nthe rungs of the ladder, best first\n\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum plan_rung rung = rows[i].rung;
		char lacks[192];

		snprintf(lacks, sizeof(lacks), "this kernel %s", plan->rung_whys[rung]);
		plan_line(out, has_rung[rung] ? "ok" : "no", plan_rung_names[rung],
			  has_rung[rung] ? rows[i].use : lacks);
	}
}

static void tracepoints_print(const struct plan *plan, const struct output *out)
{
	fprintf(out->file, "\ntracepoints of kvm: entries, exits and their details\n\n");
	for (int event = 0; event < TP_EVENT_CNT; event++)
		fprintf(out->file, "  %-21s %s\n", tp_event_names[event],
			plan_wants_event(plan, (enum tp_event)event) ? "tracepoint" :
			plan->tracepoints.is_there[event] ? "not wanted: --detail exits" :
							    "missing: not in this kernel");
}

/* The widest of a column. */
struct widths {
	int symbol, owner, rung;
};

static int wider(int width, const char *text)
{
	return (int)strlen(text) > width ? (int)strlen(text) : width;
}

static struct widths widths_of(const struct plan *plan)
{
	struct widths widths = { (int)strlen("FUNCTION"), (int)strlen("MODULE"), (int)strlen("SEEN BY") };

	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		widths.symbol = wider(widths.symbol, plan->funcs[id].symbol);
		widths.owner = wider(widths.owner, plan->funcs[id].owner);
		widths.rung = wider(widths.rung, plan_rung_names[plan->funcs[id].rung]);
	}
	return widths;
}

static void funcs_print(const struct plan *plan, const struct output *out)
{
	struct widths w = widths_of(plan);

	fprintf(out->file, "\nfunctions of the walk, in the order in which a VM meets them\n\n");
	fprintf(out->file, "  %-*s %-*s %-*s %s\n", w.symbol, "FUNCTION", w.owner, "MODULE", w.rung,
		"SEEN BY", "WHY NOT TRACED");
	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		const struct plan_func *func = &plan->funcs[id];

		fprintf(out->file, "  %-*s %-*s ", w.symbol, func->symbol, w.owner, func->owner);
		if (!*func->note || !strcmp(func->note, PLAN_NOTE_INLINED)) {
			fprintf(out->file, "%s\n", plan_rung_names[func->rung]);
			continue;
		}
		fprintf(out->file, "%-*s ", w.rung, plan_rung_names[func->rung]);
		wrap(out, func->note, (size_t)(2 + w.symbol + 1 + w.owner + 1 + w.rung + 1));
	}
}

static void sums_print(const struct plan *plan, const struct output *out)
{
	unsigned int cnt[RUNG_CNT] = { 0 };

	for (uint32_t id = 0; id < plan->func_cnt; id++)
		cnt[plan->funcs[id].rung]++;
	fprintf(out->file, "\n%u traced by fentry, ", cnt[RUNG_FENTRY]);
	for (int rung = RUNG_KPROBE_MULTI; rung < RUNG_INLINED; rung++)
		if (cnt[rung])
			fprintf(out->file, "%u by %s, ", cnt[rung], plan_rung_names[rung]);
	fprintf(out->file, "%u inlined (drawn as inferred), %u missing", cnt[RUNG_INLINED],
		cnt[RUNG_MISSING]);
	if (plan->other_vendor_cnt)
		fprintf(out->file, ", %u of another vendor", plan->other_vendor_cnt);
	fprintf(out->file, "\n");
	if (cnt[RUNG_INLINED])
		output_lines(out, STYLE_DIM, "inlined: in the source of every kernel that we know, and without a "
			     "symbol here; the tree draws it in its caller, there is nothing to do");
	if (cnt[RUNG_MISSING])
		output_lines(out, STYLE_DIM, "no such symbol: this kernel's source has not got it, or it is inlined "
			     "here, which cannot be told; the tree goes without it");
}

void plan_print(const struct plan *plan, const struct output *out)
{
	rungs_print(plan, out);
	tracepoints_print(plan, out);
	if (plan->options.detail == DETAIL_EXITS) {
		fprintf(out->file, "\nno functions: --detail exits\n");
		return;
	}
	funcs_print(plan, out);
	sums_print(plan, out);
}
