/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arguments and results of functions by their types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/value_text.h"

static void result_is(const char *returns, bool is_vmm, uint64_t result, const char *expected)
{
	const struct func_row row = { .returns = returns, .is_vmm = is_vmm };
	struct text t;

	text_clear(&t);
	value_add_result(&t, &row, (int64_t)result);
	assert_string_equal(t.at, expected);
}

static void test_results(void **state)
{
	(void)state;
	/* what is above an int in its register means nothing */
	result_is("int", false, 0xdeadbeef00000005, "5");
	result_is("int", false, 0x00000000ffffffea, "-EINVAL");
	result_is("int", true, 0x00000000ffffffff, "-1");
	result_is("long", false, (uint64_t)-12, "-ENOMEM");
	result_is("long", false, (uint64_t)-5000, "-5000");
	result_is("bool", false, 0xff00, "false");
	result_is("bool", false, 0xff01, "true");
	result_is("pointer", false, 0, "NULL");
	result_is("pointer", false, 0xffff888000000010, "pointer");
	result_is("pointer", false, (uint64_t)-14, "-EFAULT");
	result_is("u64", false, 0xffffffff80000000, "0xffffffff80000000");
	result_is("u32", false, 0xdead00000009, "9");
	result_is("u32", false, 0xdead0000000a, "0xa");
	result_is("u8", false, 0x1ff, "0xff");
	result_is("s8", false, 0x1ff, "-1");
	result_is("s16", false, 0x18000, "-32768");
	result_is("enum(0=RET_PF_CONTINUE;1=RET_PF_RETRY)", false, 1, "RET_PF_RETRY");
	result_is("enum(-1=BAD;0=GOOD)", false, 0xffffffff, "BAD");
	result_is("enum(0=A;1=B)", false, 7, "7");
	result_is("void", false, 5, "");
	result_is("", false, 5, "");
	result_is("a-type-of-a-later-version", false, 0x10, "0x10");
}

static void args_are(const char *names, const char *types, uint32_t cnt, const char *expected)
{
	const struct func_row row = { .args = names, .types = types };
	const struct node_func f = {
		.func = &row, .arg_cnt = cnt, .args = { 0xffff888000abcdef, 2, 0x10 },
	};
	struct text t;

	text_clear(&t);
	args_add(&t, &f);
	assert_string_equal(t.at, expected);
}

static void test_args(void **state)
{
	(void)state;
	args_are("vcpu,type,msr", "pointer,enum(2=MSR_TYPE_W;1=MSR_TYPE_R),u32", 3,
		 " type=MSR_TYPE_W msr=0x10");
	args_are("kvm,vcpu,vcpu_", "pointer,pointer,pointer", 3, " vcpu_=&10");
	args_are("slot,x,y", "pointer,bool,int", 2, " slot=&abcdef x=false"); /* two were recorded */
	args_are("a,b,c", "u8", 3, " a=0xef");				      /* one type is known */
	args_are("a", "u8,u8", 3, " a=0xef");
	args_are("a,b", "", 3, "");
	args_are("a,b", NULL, 3, "");
}

/* What a file says of types is hostile like the rest of it. */
static void test_broken_types(void **state)
{
	static const char *const broken[] = {
		"enum(", "enum(2", "enum(2=", "enum(;;;)", "enum(2;2=A)", "enum()", "enum(2=A", "(", "enum(=)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const struct func_row row = { .args = "a", .types = broken[i], .returns = broken[i] };
		const struct node_func f = { .func = &row, .arg_cnt = 1, .args = { 2 } };
		struct text t;

		text_clear(&t);
		args_add(&t, &f);
		value_add_result(&t, &row, 2);
		assert_non_null(strstr(t.at, " a="));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_broken_types),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
