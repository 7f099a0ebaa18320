/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Budgets, and the verdicts on them. */
#include "trace-viewer/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The host's interrupts come when they want: no baseline holds for them. */
#define CONCEPT_OF_HOST "interrupt"

struct budget *check_budget(struct check *check, enum budget_kind kind, const char *name)
{
	struct budget *grown, *budget;

	grown = realloc(check->budgets, (check->budget_cnt + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	check->budgets = grown;
	budget = &grown[check->budget_cnt];
	*budget = (struct budget){ .kind = kind, .name = strdup(name) };
	if (!budget->name)
		return NULL;
	check->budget_cnt++;
	return budget;
}

void check_release(struct check *check)
{
	for (uint32_t i = 0; i < check->budget_cnt; i++)
		free(check->budgets[i].name);
	free(check->budgets);
	for (enum exit_by by = 0; by < BY_CNT; by++)
		exit_table_release(&check->tables[by]);
	check->budgets = NULL;
	check->budget_cnt = 0;
}

/* --- reading ------------------------------------------------------------------------- */

static void on_exit_fact(void *owner, const struct exit_fact *fact)
{
	struct check *check = owner;

	if (check->options.vm && check->options.vm != (long)fact->vm->number)
		return;
	for (enum exit_by by = 0; by < BY_CNT; by++)
		if (check->is_wanted[by])
			exit_table_add(&check->tables[by], fact);
}

struct observer check_observer(struct check *check)
{
	return (struct observer){ .owner = check, .exit = on_exit_fact };
}

/* --- the baseline ---------------------------------------------------------------------- */

static uint64_t baseline_cnt(const struct compare_file *baseline, const char *name)
{
	for (uint32_t i = 0; i < baseline->name_cnt; i++)
		if (!strcmp(baseline->names[i].name, name))
			return baseline->names[i].cnt;
	return 0;
}

/* A budget for what the recording has, or lacks, of this concept. */
static int baseline_add(struct check *check, const char *name, uint64_t was, uint64_t is)
{
	double limit = (double)was * (1 + check->tolerance) + (double)check->options.slack;
	struct budget *budget;
	struct text t;

	if (!strcmp(name, CONCEPT_OF_HOST))
		return 0;
	text_clear(&t);
	text_add(&t, "baseline of %s", name);
	budget = check_budget(check, BUDGET_BASELINE, t.at);
	if (!budget)
		return -ENOMEM;
	/* whole exits: with 10 %, 19 may become 20, not 21 */
	budget->limit = limit < 1e19 ? (uint64_t)(limit + 1e-6) : UINT64_MAX;
	budget->found = is;
	return 0;
}

int check_baseline(struct check *check, const struct compare_file *baseline)
{
	const struct exit_row **rows;
	uint32_t cnt = exit_table_sort(&check->tables[BY_CONCEPT], SORT_KEY, &rows);
	int err = rows ? 0 : -ENOMEM;

	for (uint32_t i = 0; !err && i < cnt; i++) {
		struct text name;

		text_clear(&name);
		exit_key_add(&name, BY_CONCEPT, &rows[i]->key);
		err = baseline_add(check, name.at, baseline_cnt(baseline, name.at), rows[i]->cnt);
	}
	free(rows);
	return err;
}

/* --- verdicts ------------------------------------------------------------------------- */

/* All rows that a selector means, as one, for the caller to release. */
static int rows_sum(const struct exit_table *table, const struct exit_selector *selector, struct exit_row *sum)
{
	const struct exit_row **rows;
	uint32_t cnt = exit_table_sort(table, SORT_KEY, &rows);

	*sum = (struct exit_row){ .cnt = 0 };
	if (!rows)
		return -ENOMEM;
	for (uint32_t i = 0; i < cnt; i++)
		if (exit_selector_has(selector, &rows[i]->key))
			exit_row_merge(sum, rows[i]);
	free(rows);
	return 0;
}

static int budget_judge(struct check *check, struct budget *budget)
{
	struct exit_row sum;

	if (budget->kind == BUDGET_TOTAL)
		budget->found = check->tables[BY_CONCEPT].sum.cnt;
	if (budget->kind == BUDGET_COUNT || budget->kind == BUDGET_PERCENTILE) {
		if (rows_sum(&check->tables[budget->selector.by], &budget->selector, &sum))
			return -ENOMEM;
		budget->found = budget->kind == BUDGET_COUNT ? sum.cnt :
				hist_percentile(&sum.costs, budget->percent);
		exit_row_release(&sum);
	}
	/* a time is to be below its limit, a count may reach it */
	budget->is_broken = budget->kind == BUDGET_PERCENTILE && budget->found ?
			    budget->found >= budget->limit : budget->found > budget->limit;
	check->broken_cnt += budget->is_broken;
	return 0;
}

/* What is not in a recording cannot be judged: that breaks a budget of its own. */
static int whole_add(struct check *check, const struct model *model)
{
	uint64_t beyond_cnt = 0;
	struct budget *budget;

	if (check->options.has_loss)
		return 0;
	for (enum exit_by by = 0; by < BY_CNT; by++)
		beyond_cnt += check->tables[by].beyond.cnt;
	budget = check_budget(check, BUDGET_WHOLE, "lost records, gaps");
	if (!budget)
		return -ENOMEM;
	budget->found = model->lost_cnt + model->gap_cnt + model->unplaced_exit_cnt + beyond_cnt +
			!model->ending.in_order;
	return 0;
}

int check_judge(struct check *check, const struct model *model)
{
	int err = whole_add(check, model);

	for (uint32_t i = 0; !err && i < check->budget_cnt; i++)
		err = budget_judge(check, &check->budgets[i]);
	return err;
}

void budget_add_number(struct text *t, const struct budget *budget, uint64_t number, bool ascii)
{
	if (budget->kind == BUDGET_PERCENTILE)
		text_add_ns(t, number, ascii);
	else
		text_add_count(t, number);
}

void budget_add_remark(struct text *t, const struct budget *budget, bool ascii)
{
	uint64_t over = budget->found - budget->limit;

	if (!budget->is_broken) {
		/* it may be kept for want of a guest, or of this vendor's processor */
		if (!budget->found && (budget->kind == BUDGET_COUNT || budget->kind == BUDGET_PERCENTILE))
			text_add(t, budget->kind == BUDGET_COUNT ? "no such exits" : "none was timed");
		return;
	}
	if (!over) {
		text_add(t, "reaches it");
		return;
	}
	budget_add_number(t, budget, over, ascii);
	text_add(t, " over");
	if (budget->limit)
		text_add(t, " (%.1f %%)", (double)over / (double)budget->limit * 100);
}
