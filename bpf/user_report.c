/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Says which functions of programs are not in the recording. */
#include <stdio.h>

#include "bpf/record_say.h"
#include "bpf/user_report.h"
#include "trace-viewer/text.h"

#define REFUSED_NAMED 5

void user_report_refused(const struct plan *plan, uint32_t first)
{
	const struct plan_func *refused = NULL;
	char names[512] = "";
	uint32_t cnt = 0;
	size_t n = 0;

	for (uint32_t id = first; id < plan->func_cnt; id++) {
		const struct plan_func *func = &plan->funcs[id];

		if (func->layer != LAYER_VMM || !func->is_refused)
			continue;
		refused = func;
		if (cnt++ < REFUSED_NAMED && n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", n ? ", " : "",
					      func->symbol);
	}
	if (refused)
		fprintf(stderr, "kvmtree record: %u function%s of a program cannot be traced: %s%s: %s\n",
			cnt, cnt == 1 ? "" : "s", names, cnt > REFUSED_NAMED ? " ..." : "",
			refused->note);
}

void user_report_cut(const char *name, const struct user_funcs *funcs)
{
	char safe[256];

	if (!funcs->is_cut)
		return;
	snprintf(safe, sizeof(safe), "%s", name);
	text_make_safe(safe);
	complain("not all functions of %s are recorded: it has more than %d of one name, more than %d to "
		 "probe, or larger tables of symbols than programs have; if it is to be trusted, name those "
		 "that matter with --user-function", safe, USER_FUNC_DEFINITIONS_MAX, USER_FUNCS_MAX);
}

void user_report_full(const char *name)
{
	char safe[256];

	snprintf(safe, sizeof(safe), "%s", name);
	text_make_safe(safe);
	complain("the functions of %s are not all recorded: no more than %d can be in a recording; name "
		 "fewer with --function and --user-function", safe, PLAN_FUNCS_MAX);
}

void user_report_unmet(const struct user_rules *rules)
{
	for (uint32_t i = 0; i < rules->cnt; i++) {
		const struct user_rule *rule = &rules->at[i];

		if (!rule->is_met)
			fprintf(stderr, "kvmtree record: --user-function %s: no program of that name was "
					"executed\n", rule->text);
		else if (!rule->match_cnt)
			fprintf(stderr, "kvmtree record: --user-function %s: %s was executed, and has no "
					"such function\n", rule->text, rule->binary);
	}
}
