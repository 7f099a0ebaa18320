/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Picks the functions of a program that are probed. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "bpf/elf_symbols.h"
#include "bpf/user_functions.h"

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

/* Slots for the functions by their offset: with this many there is always an empty one near. */
#define SLOTS 8192
_Static_assert(SLOTS > 2 * USER_FUNCS_MAX, "half of the slots remain empty");

struct pick {
	struct user_funcs *funcs;
	struct user_rules *rules;
	bool is_meant[USER_RULES_MAX]; /* the rule is for this file */
	bool has_coroutines;
	uint32_t room;
	uint8_t definition_cnt[KNOWN_CNT];
	uint64_t factor; /* of the hash: a file cannot know it, and so have all its functions in one slot */
	uint16_t slots[SLOTS]; /* a function's index + 1; 0: empty */
};

static const struct known_func *known_find(const char *symbol)
{
	for (size_t i = 0; i < KNOWN_CNT; i++)
		if (!strcmp(known[i].symbol, symbol))
			return &known[i];
	return NULL;
}

/* Where the function with this offset is noted, or would be. */
static uint16_t *slot_find(struct pick *pick, uint64_t file_off)
{
	uint64_t at = (file_off * pick->factor) >> 32;
	uint16_t *slot = &pick->slots[at % SLOTS];

	while (*slot && pick->funcs->at[*slot - 1].file_off != file_off)
		slot = &pick->slots[++at % SLOTS];
	return slot;
}

/* After they have been put in another order. */
static void slots_fill(struct pick *pick)
{
	memset(pick->slots, 0, sizeof(pick->slots));
	for (uint32_t i = 0; i < pick->funcs->cnt; i++)
		*slot_find(pick, pick->funcs->at[i].file_off) = (uint16_t)(i + 1);
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
	uint16_t *slot = slot_find(pick, func->file_off);

	if (*slot)
		return 0;
	if (funcs->cnt == USER_FUNCS_MAX ||
	    (as && pick->definition_cnt[as - known] == USER_FUNC_DEFINITIONS_MAX)) {
		funcs->is_cut = true;
		return 0;
	}
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
	if (as)
		pick->definition_cnt[as - known]++;
	*slot = (uint16_t)++funcs->cnt;
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
	memcpy(&pick.factor, (const void *)getauxval(AT_RANDOM), sizeof(pick.factor));
	pick.factor |= 1;
	err = elf_funcs_each(path, pick_known, &pick, &summary);
	if (err)
		return err;
	funcs->is_cut = funcs->is_cut || summary.is_cut;
	pick.has_coroutines = summary.has_coroutines;
	if (funcs->cnt)
		qsort(funcs->at, funcs->cnt, sizeof(*funcs->at), by_place_in_the_walk);
	slots_fill(&pick);
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
