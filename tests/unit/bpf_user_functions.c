/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which functions of a program are probed: of this one, and of programs that are broken. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "bpf/user_functions.h"

#define SELF "/proc/self/exe"

/* Functions to be found: two of the walk, not in its order, one with a second name, two coroutines. */
int vcpu_run(void);
int machine_init(void);
int memory_region_dispatch_read(void);
int probe_me_one(void);
int probe_me_two(void);
int probe_me_alias(void);
int bdrv_co_probe_me(void);
int probe_me_co(void);
int an_unusual_name(void);

int vcpu_run(void) { return 1; }
int machine_init(void) { return 2; }
int memory_region_dispatch_read(void) { return 3; }
int probe_me_one(void) { return 4; }
int probe_me_two(void) { return 5; }
int probe_me_alias(void) __attribute__((alias("probe_me_two")));
int bdrv_co_probe_me(void) { return 6; }
int probe_me_co(void) { return 7; }
int an_unusual_name(void) { return 8; }
/* by which it is known that there are any */
int (*volatile a_coroutine)(void) = bdrv_co_probe_me;
static int begins_a_coroutine(void) { return a_coroutine(); }

static const struct user_func *find(const struct user_funcs *funcs, const char *symbol)
{
	for (uint32_t i = 0; i < funcs->cnt; i++)
		if (!strcmp(funcs->at[i].symbol, symbol))
			return &funcs->at[i];
	return NULL;
}

static void select_from_self(struct user_funcs *funcs, struct user_rules *rules, const char *rule)
{
	if (rule)
		assert_int_equal(user_rules_add(rules, rule), 0);
	assert_int_equal(user_funcs_find(funcs, SELF, "/somewhere/self", rules), 0);
}

static void test_rule_text(void **state)
{
	static const char *const wrong[] = { "", "vmm", ":x", "vmm:", ":" };
	struct user_rules rules = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(user_rules_add(&rules, wrong[i]), -EINVAL);
	assert_int_equal(rules.cnt, 0);
	assert_int_equal(user_rules_add(&rules, "/a:b/vmm:kvm_*"), 0);
	assert_string_equal(rules.at[0].binary, "/a:b/vmm");
	assert_string_equal(rules.at[0].glob, "kvm_*");
	while (rules.cnt < USER_RULES_MAX)
		assert_int_equal(user_rules_add(&rules, "a:b"), 0);
	assert_int_equal(user_rules_add(&rules, "a:b"), -EINVAL);
	user_rules_release(&rules);
}

static void test_meaning(void **state)
{
	struct user_rules rules = { 0 };

	(void)state;
	assert_int_equal(user_rules_add(&rules, "libc:x"), 0);
	assert_true(user_rule_means(&rules.at[0], "/nowhere", "/lib/libc.so.6"));
	assert_true(user_rule_means(&rules.at[0], "/nowhere", "libc"));
	assert_true(user_rule_means(&rules.at[0], "/nowhere", "/tmp/libc (deleted)"));
	assert_false(user_rule_means(&rules.at[0], "/nowhere", "/lib/libcap.so.2"));
	assert_false(user_rule_means(&rules.at[0], "/nowhere", "/libc/vmm"));
	assert_int_equal(user_rules_add(&rules, SELF ":x"), 0);
	assert_true(user_rule_means(&rules.at[1], SELF, "/whatever/it/is/called"));
	assert_false(user_rule_means(&rules.at[1], "/bin/sh", "/proc/self/exe"));
	user_rules_release(&rules);
}

static void test_walk(void **state)
{
	struct user_rules rules = { 0 };
	struct user_funcs funcs;

	(void)state;
	select_from_self(&funcs, &rules, NULL);
	assert_int_equal(funcs.cnt, 2);
	assert_string_equal(funcs.at[0].symbol, "machine_init"); /* as the walk has them */
	assert_string_equal(funcs.at[1].symbol, "vcpu_run");
	assert_string_equal(funcs.at[0].returns, "pointer");
	assert_false(funcs.at[0].is_entry_only);
	user_funcs_release(&funcs);
	rules.wants_all_known = true;
	select_from_self(&funcs, &rules, NULL);
	assert_non_null(find(&funcs, "memory_region_dispatch_read"));
	user_funcs_release(&funcs);
}

static void test_glob(void **state)
{
	struct user_rules rules = { 0 };
	struct user_funcs funcs;

	(void)state;
	assert_int_equal(user_rules_add(&rules, "other:*"), 0);
	select_from_self(&funcs, &rules, "self:probe_me_[a-z]*");
	assert_int_equal(funcs.cnt, 2 + 3); /* the alias is a name of what is there */
	assert_non_null(find(&funcs, "probe_me_one"));
	assert_true(!find(&funcs, "probe_me_two") != !find(&funcs, "probe_me_alias"));
	assert_true(rules.at[1].is_met && rules.at[1].match_cnt >= 4);
	assert_false(rules.at[0].is_met);
	for (uint32_t i = 0; i < funcs.cnt; i++)
		for (uint32_t j = 0; j < i; j++)
			assert_int_not_equal(funcs.at[i].file_off, funcs.at[j].file_off);
	user_funcs_release(&funcs);
	user_rules_release(&rules);
}

/* What is asked for by name, and is in the table of the walk, is known by the table. */
static void test_coroutines(void **state)
{
	struct user_rules rules = { 0 };
	struct user_funcs funcs;

	(void)state;
	assert_int_equal(begins_a_coroutine(), 6);
	assert_int_equal(user_rules_add(&rules, "self:memory_region_dispatch_read"), 0);
	select_from_self(&funcs, &rules, "self:*probe_me*");
	assert_false(find(&funcs, "memory_region_dispatch_read")->is_entry_only);
	assert_string_equal(find(&funcs, "memory_region_dispatch_read")->args, "region,offset");
	assert_true(find(&funcs, "probe_me_one")->is_entry_only);
	assert_string_equal(find(&funcs, "probe_me_one")->returns, "unseen");
	user_funcs_release(&funcs);
	rules.wants_returns = true;
	select_from_self(&funcs, &rules, NULL);
	assert_false(find(&funcs, "probe_me_one")->is_entry_only);
	assert_true(find(&funcs, "bdrv_co_probe_me")->is_entry_only);
	assert_true(find(&funcs, "probe_me_co")->is_entry_only);
	user_funcs_release(&funcs);
	user_rules_release(&rules);
}

static void test_check(void **state)
{
	struct user_rules rules = { 0 };
	char why[512];

	(void)state;
	assert_int_equal(user_rules_add(&rules, "self:an_unusal_name"), 0);
	assert_int_equal(user_rule_check(&rules.at[0], SELF, false, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "near: an_unusual_name"));
	assert_null(strstr(why, "stripped"));
	assert_int_equal(user_rules_add(&rules, "self:*unusual*"), 0);
	assert_int_equal(user_rule_check(&rules.at[1], SELF, false, why, sizeof(why)), 0);
	assert_int_equal(user_rules_add(&rules, "self:nowhere_to_be_*"), 0);
	assert_int_equal(user_rule_check(&rules.at[2], SELF, false, why, sizeof(why)), -ENOENT);
	assert_null(strstr(why, "near"));
	assert_int_equal(user_rules_add(&rules, "libc:*"), 0);
	assert_int_equal(user_rule_check(&rules.at[3], SELF, false, why, sizeof(why)), 0);
	assert_int_equal(user_rule_check(&rules.at[3], "/lib/x86_64-linux-gnu/libc.so.6", false, why,
					 sizeof(why)), -E2BIG);
	assert_non_null(strstr(why, "--many"));
	assert_int_equal(user_rule_check(&rules.at[3], "/lib/x86_64-linux-gnu/libc.so.6", true, why,
					 sizeof(why)), 0);
	assert_int_equal(user_rule_check(&rules.at[3], "/etc/passwd", false, why, sizeof(why)), -ENOEXEC);
	assert_int_equal(user_rule_check(&rules.at[3], "/nowhere", false, why, sizeof(why)), -ENOENT);
	user_rules_release(&rules);
}

/* Whatever a program file says of itself: nothing outside of it is read, and it comes to an end. */
static void test_broken(void **state)
{
	struct user_rules rules = { 0 };
	char path[] = "/tmp/kvmtree-elf-XXXXXX", *bytes;
	int fd = mkstemp(path);
	FILE *self = fopen(SELF, "re");
	size_t sz;

	(void)state;
	assert_true(fd >= 0 && self);
	bytes = malloc(1 << 20);
	sz = fread(bytes, 1, 1 << 20, self);
	fclose(self);
	assert_int_equal(user_rules_add(&rules, "self:*"), 0);
	for (uint64_t seed = 1; seed < 300; seed++) {
		uint64_t random = seed * 0x9e3779b97f4a7c15ull;
		struct user_funcs funcs;

		/* a few bytes of the header, or of what follows it, are others */
		assert_int_equal(pwrite(fd, bytes, sz, 0), (ssize_t)sz);
		for (int i = 0; i < 8; i++) {
			char byte = (char)(random >> 33);
			off_t at = (off_t)(seed & 1 ? random % 1024 : random % sz);

			assert_int_equal(pwrite(fd, &byte, 1, at > 4 ? at : 5), 1);
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		}
		if (seed & 2)
			assert_int_equal(ftruncate(fd, (off_t)(random % sz)), 0);
		user_funcs_find(&funcs, path, "self", &rules);
		user_funcs_release(&funcs);
	}
	unlink(path);
	close(fd);
	free(bytes);
	user_rules_release(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_text),  cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_walk),	   cmocka_unit_test(test_glob),
		cmocka_unit_test(test_coroutines), cmocka_unit_test(test_check),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests_name("user functions", tests, NULL, NULL);
}
