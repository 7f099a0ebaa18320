/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Picks the functions of a program that are probed. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/elf_symbols.h"
#include "bpf/explain.h"
#include "bpf/plan.h"
#include "bpf/user_functions.h"
#include "trace-viewer/near.h"

static const struct known_func {
	const char *symbol, *args, *returns;
	bool is_asked;
} known[] = {
#define UFUNC(symbol, args, returns) { symbol, args, returns, false },
#define UFUNC_ASKED(symbol, args, returns) { symbol, args, returns, true },
#include "bpf/user_functions.def"
#undef UFUNC
#undef UFUNC_ASKED
};

#define KNOWN_CNT (sizeof(known) / sizeof(known[0]))

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

/* --- the list ---------------------------------------------------------------- */

struct pick {
	struct user_funcs *funcs;
	struct user_rules *rules;
	bool is_meant[USER_RULES_MAX]; /* the rule is for this file */
	bool has_coroutines;
	uint32_t room;
};

static const struct known_func *known_find(const char *symbol)
{
	for (size_t i = 0; i < KNOWN_CNT; i++)
		if (!strcmp(known[i].symbol, symbol))
			return &known[i];
	return NULL;
}

static bool is_picked(const struct user_funcs *funcs, uint64_t file_off)
{
	for (uint32_t i = 0; i < funcs->cnt; i++)
		if (funcs->at[i].file_off == file_off)
			return true;
	return false;
}

/* By QEMU's rules these run in a coroutine. */
static bool is_coroutine(const char *symbol)
{
	size_t sz = strlen(symbol);

	return strstr(symbol, "_co_") || strstr(symbol, "coroutine") || !strncmp(symbol, "co_", 3) ||
	       (sz > 3 && !strcmp(symbol + sz - 3, "_co"));
}

/*
 * A return probe puts an address of its own in place of the return address, and remembers the real one
 * for this thread. A coroutine may go on in another thread, or after what it was called from has
 * returned: the kernel then finds no such call, and the program crashes or hangs. So where a program
 * has coroutines a function's return is probed only if it is known to be none.
 */
static bool is_entry_only(const struct pick *pick, const char *symbol, const struct known_func *as)
{
	return !as && pick->has_coroutines && (!pick->rules->wants_returns || is_coroutine(symbol));
}

static int func_add(struct pick *pick, const struct elf_func *func, const struct known_func *as)
{
	struct user_funcs *funcs = pick->funcs;
	struct user_func *new_func;

	if (is_picked(funcs, func->file_off))
		return 0;
	if (funcs->cnt == pick->room) {
		uint32_t room = pick->room ? 2 * pick->room : 64;
		struct user_func *at = realloc(funcs->at, room * sizeof(*at));

		if (!at)
			return -ENOMEM;
		funcs->at = at;
		pick->room = room;
	}
	new_func = &funcs->at[funcs->cnt];
	*new_func = (struct user_func){
		.symbol = strdup(func->symbol),
		.args = as ? as->args : "",
		.returns = as ? as->returns : "",
		.file_off = func->file_off,
		.is_entry_only = is_entry_only(pick, func->symbol, as),
	};
	if (new_func->is_entry_only)
		new_func->returns = "unseen";
	if (!new_func->symbol)
		return -ENOMEM;
	funcs->cnt++;
	return 0;
}

static int pick_known(void *context, const struct elf_func *func)
{
	struct pick *pick = context;
	const struct known_func *as = known_find(func->symbol);

	return as && (!as->is_asked || pick->rules->wants_all_known) ? func_add(pick, func, as) : 0;
}

static int pick_matching(void *context, const struct elf_func *func)
{
	struct pick *pick = context;
	bool is_wanted = false;

	for (uint32_t i = 0; i < pick->rules->cnt; i++) {
		struct user_rule *rule = &pick->rules->at[i];

		if (!pick->is_meant[i] || fnmatch(rule->glob, func->symbol, 0))
			continue;
		rule->match_cnt++;
		is_wanted = true;
	}
	return is_wanted ? func_add(pick, func, known_find(func->symbol)) : 0;
}

static int by_place_in_the_walk(const void *a, const void *b)
{
	const struct known_func *known_a = known_find(((const struct user_func *)a)->symbol);
	const struct known_func *known_b = known_find(((const struct user_func *)b)->symbol);

	return (known_a > known_b) - (known_a < known_b);
}

int user_funcs_find(struct user_funcs *funcs, const char *path, const char *name,
		    struct user_rules *rules)
{
	struct pick pick = { .funcs = funcs, .rules = rules };
	struct elf_summary summary;
	bool has_rules = false;
	int err;

	*funcs = (struct user_funcs){ 0 };
	err = elf_funcs_each(path, pick_known, &pick, &summary);
	if (err)
		return err;
	pick.has_coroutines = summary.has_coroutines;
	if (funcs->cnt)
		qsort(funcs->at, funcs->cnt, sizeof(*funcs->at), by_place_in_the_walk);
	for (uint32_t i = 0; i < rules->cnt; i++) {
		pick.is_meant[i] = user_rule_means(&rules->at[i], path, name);
		rules->at[i].is_met = rules->at[i].is_met || pick.is_meant[i];
		has_rules = has_rules || pick.is_meant[i];
	}
	return has_rules ? elf_funcs_each(path, pick_matching, &pick, &summary) : 0;
}

void user_funcs_release(struct user_funcs *funcs)
{
	for (uint32_t i = 0; i < funcs->cnt; i++)
		free(funcs->at[i].symbol);
	free(funcs->at);
	*funcs = (struct user_funcs){ 0 };
}

/* --- what there is near --------------------------------------------------------- */

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
