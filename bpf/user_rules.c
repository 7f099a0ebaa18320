/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The rules of --user-function: read, compared with a file, and what a file has for them. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/elf_symbols.h"
#include "bpf/explain.h"
#include "bpf/plan.h"
#include "bpf/user_rules.h"
#include "trace-viewer/near.h"

int user_rules_add(struct user_rules *rules, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct user_rule *rule = &rules->at[rules->cnt];

	if (!colon || colon == text || !colon[1] || rules->cnt == USER_RULES_MAX)
		return -EINVAL;
	*rule = (struct user_rule){ .text = text, .glob = colon + 1 };
	rule->binary = strndup(text, (size_t)(colon - text));
	if (!rule->binary)
		return -ENOMEM;
	rules->cnt++;
	return 0;
}

void user_rules_release(struct user_rules *rules)
{
	for (uint32_t i = 0; i < rules->cnt; i++)
		free(rules->at[i].binary), free(rules->at[i].file);
	rules->cnt = 0;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat of_a, of_b;

	return strchr(a, '/') && !stat(a, &of_a) && !stat(b, &of_b) && of_a.st_ino == of_b.st_ino &&
	       of_a.st_dev == of_b.st_dev;
}

bool user_rule_means(const struct user_rule *rule, const char *path, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t binary_sz = strlen(rule->binary);

	if (is_same_file(rule->file ? rule->file : rule->binary, path))
		return true;
	if (strchr(rule->binary, '/'))
		return false;
	name = slash ? slash + 1 : name;
	if (strncmp(name, rule->binary, binary_sz))
		return false;
	/* libc is libc.so.6; what is deleted says so behind its name */
	return !name[binary_sz] || !strncmp(name + binary_sz, ".so", 3) ||
	       !strcmp(name + binary_sz, " (deleted)");
}

/* --- what there is, and what there is near ------------------------------------------- */

#define NEAR_MAX 3

struct search {
	const char *glob;
	char part[64]; /* the longest piece of the glob without wildcards */
	uint64_t offs[2 * PLAN_GLOB_MAX + 1]; /* of the matches: a name may come twice */
	uint32_t match_cnt;
	char near[NEAR_MAX][PLAN_SYMBOL_MAX];
	uint32_t near_cnt;
};

static void part_find(struct search *search)
{
	size_t best = 0;

	for (const char *at = search->glob; *at; at++) {
		size_t n = strcspn(at, "*?[]\\");

		if (n > best && n < sizeof(search->part)) {
			best = n;
			snprintf(search->part, sizeof(search->part), "%.*s", (int)n, at);
		}
		at += n ? n - 1 : 0;
	}
}

static bool is_near(const struct search *search, const char *symbol)
{
	return strlen(search->part) >= 3 &&
	       (strcasestr(symbol, search->part) ||
		near_distance(search->part, symbol) <= near_limit(search->part));
}

static int match_count(void *context, const struct elf_func *func)
{
	struct search *search = context;

	if (fnmatch(search->glob, func->symbol, 0)) {
		if (search->near_cnt < NEAR_MAX && is_near(search, func->symbol))
			snprintf(search->near[search->near_cnt++], PLAN_SYMBOL_MAX, "%s",
				 func->symbol);
		return 0;
	}
	for (uint32_t i = 0; i < search->match_cnt && i < 2 * PLAN_GLOB_MAX; i++)
		if (search->offs[i] == func->file_off)
			return 0;
	if (search->match_cnt < 2 * PLAN_GLOB_MAX)
		search->offs[search->match_cnt] = func->file_off;
	search->match_cnt++;
	return 0;
}

static void near_list(const struct search *search, char *text, size_t text_sz)
{
	size_t n = 0;

	*text = '\0';
	for (uint32_t i = 0; i < search->near_cnt && n < text_sz; i++)
		n += (size_t)snprintf(text + n, text_sz - n, "%s%s", i ? ", " : "; near: ",
				      search->near[i]);
}

int user_rule_check(const struct user_rule *rule, const char *path, bool has_consent, char *why,
		    size_t why_sz)
{
	struct search search = { .glob = rule->glob };
	struct elf_summary summary;
	char near[256];
	int err;

	part_find(&search);
	err = elf_funcs_each(path, match_count, &search, &summary);
	if (err == -ENOEXEC)
		return explain(err, why, why_sz,
			       "--user-function %s: %s is no program in machine code; if it is a script, "
			       "name the program that it starts", rule->text, path);
	if (err)
		return explain(err, why, why_sz, "--user-function %s: %s cannot be read: %s",
			       rule->text, path, strerror(-err));
	near_list(&search, near, sizeof(near));
	if (!search.match_cnt)
		return explain(-ENOENT, why, why_sz, "--user-function %s: none of the %u functions of "
			       "%s matches%s%s", rule->text, summary.func_cnt, path,
			       summary.is_stripped ? " (it is stripped: only what it exports has a name)" : "",
			       near);
	if (search.match_cnt > PLAN_GLOB_MAX && !has_consent)
		return explain(-E2BIG, why, why_sz,
			       "--user-function %s: %u functions match; each costs the program at every "
			       "call: say --many if you mean it, or name fewer", rule->text,
			       search.match_cnt);
	return 0;
}
