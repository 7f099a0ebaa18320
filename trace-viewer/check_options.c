/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Budgets from the words of the command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/check.h"

static bool parse_count(const char *text, uint64_t *count)
{
	char *end;

	errno = 0;
	*count = strtoull(text, &end, 10);
	return !errno && end != text && !*end && *text >= '0' && *text <= '9';
}

/* "10%" or "10" is 0.1 */
static bool parse_percent(const char *text, double *part)
{
	char *end;

	*part = strtod(text, &end) / 100;
	return end != text && (!*end || !strcmp(end, "%")) && *part >= 0 && *part < 1e6;
}

/* Splits "KEY=LIMIT" at the last `sign`; the budget's selector is KEY. Returns the limit's text, or NULL. */
static const char *selector_take(struct check *check, struct exit_selector *selector, const char *option,
				 const char *text, char sign, char *why)
{
	const char *at = strrchr(text, sign), *what;

	if (!at) {
		snprintf(why, CHECK_WHY_MAX, "--%s %s: needs the form KEY%c%s", option, text, sign,
			 sign == '=' ? "NUMBER, such as HLT=100" : "TIME, such as 'HLT<1ms'");
		return NULL;
	}
	if (!exit_selector_parse(selector, text, (size_t)(at - text), &what)) {
		snprintf(why, CHECK_WHY_MAX, "--%s %s: %.*s: %s", option, text, (int)(at - text), text, what);
		return NULL;
	}
	check->is_wanted[selector->by] = true;
	return at + 1;
}

static int count_add(struct check *check, const char *text, char *why)
{
	struct exit_selector selector;
	const char *limit_text = selector_take(check, &selector, "max", text, '=', why);
	struct budget *budget;
	struct text name;
	uint64_t limit;

	if (!limit_text)
		return -EINVAL;
	if (!parse_count(limit_text, &limit)) {
		snprintf(why, CHECK_WHY_MAX, "--max %s: %s: is no number of exits", text, limit_text);
		return -EINVAL;
	}
	text_clear(&name);
	text_add(&name, "%.*s", (int)(limit_text - 1 - text), text);
	budget = check_budget(check, BUDGET_COUNT, name.at);
	if (!budget)
		return -ENOMEM;
	budget->selector = selector;
	budget->limit = limit;
	return 0;
}

static int percentile_add(struct check *check, unsigned int percent, const char *text, char *why)
{
	struct exit_selector selector;
	const char *option = percent == 50 ? "p50" : "p99", *limit_text;
	struct budget *budget;
	struct text name;
	uint64_t limit;

	limit_text = selector_take(check, &selector, option, text, '<', why);
	if (!limit_text)
		return -EINVAL;
	if (!text_parse_ns(limit_text, &limit)) {
		snprintf(why, CHECK_WHY_MAX, "--%s %s: %s: is no time; 300ns, 100us, 1.5ms, 2s are", option, text,
			 limit_text);
		return -EINVAL;
	}
	text_clear(&name);
	text_add(&name, "%s of %.*s", option, (int)(limit_text - 1 - text), text);
	budget = check_budget(check, BUDGET_PERCENTILE, name.at);
	if (!budget)
		return -ENOMEM;
	budget->selector = selector;
	budget->percent = percent;
	budget->limit = limit;
	return 0;
}

static int total_add(struct check *check, const char *text, char *why)
{
	struct budget *budget;
	uint64_t limit;

	if (!text)
		return 0;
	if (!parse_count(text, &limit)) {
		snprintf(why, CHECK_WHY_MAX, "--max-total %s: is no number of exits", text);
		return -EINVAL;
	}
	budget = check_budget(check, BUDGET_TOTAL, "total");
	if (!budget)
		return -ENOMEM;
	budget->limit = limit;
	return 0;
}

static int baseline_options(struct check *check, char *why)
{
	const struct check_options *o = &check->options;

	if (!o->baseline && (o->tolerance || o->slack)) {
		snprintf(why, CHECK_WHY_MAX, "--%s: is about a --baseline, and there is none",
			 o->tolerance ? "tolerance" : "slack");
		return -EINVAL;
	}
	if (o->tolerance && !parse_percent(o->tolerance, &check->tolerance)) {
		snprintf(why, CHECK_WHY_MAX, "--tolerance %s: needs per cent, such as 10%%", o->tolerance);
		return -EINVAL;
	}
	return 0;
}

int check_init(struct check *check, const struct check_options *options, char *why)
{
	int err;

	*check = (struct check){ .options = *options };
	check->is_wanted[BY_CONCEPT] = true; /* for the total, and a baseline */
	for (enum exit_by by = 0; by < BY_CNT; by++)
		check->tables[by].by = by;
	snprintf(why, CHECK_WHY_MAX, "no memory for its budgets");
	err = baseline_options(check, why);
	if (!err)
		err = total_add(check, options->max_total, why);
	for (unsigned int i = 0; !err && i < options->max.cnt; i++)
		err = count_add(check, options->max.at[i], why);
	for (unsigned int i = 0; !err && i < options->p50.cnt; i++)
		err = percentile_add(check, 50, options->p50.at[i], why);
	for (unsigned int i = 0; !err && i < options->p99.cnt; i++)
		err = percentile_add(check, 99, options->p99.at[i], why);
	if (err || check->budget_cnt || options->baseline)
		return err;
	snprintf(why, CHECK_WHY_MAX, "there is no budget to check: --max, --max-total, --p50, --p99 and "
				     "--baseline set some");
	return -EINVAL;
}
