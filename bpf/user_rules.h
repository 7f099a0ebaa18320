/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the user asks for by --user-function. */
#ifndef KVMTREE_USER_RULES_H
#define KVMTREE_USER_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --user-function BINARY:GLOB. */
struct user_rule {
	const char *text;   /* as it was given */
	char *binary;	    /* a path, or a file's name without its folder; owned */
	const char *glob;   /* within text */
	char *file;	    /* where it was found (user_files.h); owned; NULL: not yet */
	uint32_t match_cnt; /* functions found so far */
	bool is_met;	    /* a file that it means was looked through */
};

#define USER_RULES_MAX 64

struct user_rules {
	struct user_rule at[USER_RULES_MAX];
	uint32_t cnt;
	bool wants_all_known; /* those of user_functions.def that have to be asked for, too */
	bool has_consent;     /* to hundreds */
	bool wants_returns;   /* even in a program that has coroutines */
};

/* Adds one, from a text that outlives the rules. Returns 0, or -EINVAL: it is no BINARY:GLOB. */
int user_rules_add(struct user_rules *rules, const char *text);
void user_rules_release(struct user_rules *rules);

/* Does the rule mean this file? `name` is its path or name, which a name in the rule is compared with. */
bool user_rule_means(const struct user_rule *rule, const char *path, const char *name);

/*
 * Is what the rule asks of the file to be had? Returns 0, or -errno with a sentence in `why` that
 * says what there is near. Counts nothing.
 */
int user_rule_check(const struct user_rule *rule, const char *path, bool has_consent, char *why,
		    size_t why_sz);

#endif
