/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Functions' types in words, from BTF made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/btf.h>

#include "bpf/btf_words.h"

/* What a kernel's header might hold. */
static struct types {
	struct btf *btf;
	int int_, ulong_, u8_, s64_, bool_, kvm_ptr, vcpu_ptr, file_ptr, small, large, pair, bool_typedef;
} types;

static int pointer_to_struct(const char *name)
{
	return btf__add_ptr(types.btf, btf__add_struct(types.btf, name, 8));
}

static int types_make(void **state)
{
	struct btf *btf = types.btf = btf__new_empty();
	char name[32];

	(void)state;
	types.int_ = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	types.ulong_ = btf__add_int(btf, "unsigned long", 8, 0);
	types.u8_ = btf__add_int(btf, "unsigned char", 1, 0);
	types.s64_ = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	types.bool_ = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	types.bool_typedef = btf__add_const(btf, btf__add_typedef(btf, "bool", types.bool_));
	types.kvm_ptr = pointer_to_struct("kvm");
	types.vcpu_ptr = pointer_to_struct("kvm_vcpu");
	types.file_ptr = pointer_to_struct("file");
	types.pair = btf__add_struct(btf, "pair", 16);
	types.small = btf__add_enum(btf, "small", 4);
	btf__add_enum_value(btf, "BAD", -1);
	btf__add_enum_value(btf, "GOOD", 0);
	types.large = btf__add_enum(btf, "large", 4);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "VALUE_NUMBER_%d", i);
		btf__add_enum_value(btf, name, i);
	}
	return 0;
}

static int types_free(void **state)
{
	(void)state;
	btf__free(types.btf);
	return 0;
}

#define PARAMS_MAX 5
struct param {
	const char *name;
	int type;
};

static void function_is(int returns, const struct param *params, const char *names, const char *words,
			const char *result)
{
	int id = btf__add_func_proto(types.btf, returns);
	char *text;

	for (int i = 0; i < PARAMS_MAX && params[i].name; i++)
		btf__add_func_param(types.btf, params[i].name, params[i].type);
	text = btf_arg_names(types.btf, (__u32)id);
	assert_string_equal(text, names);
	free(text);
	text = btf_arg_words(types.btf, (__u32)id);
	assert_string_equal(text, words);
	free(text);
	text = btf_result_word(types.btf, (__u32)id);
	assert_string_equal(text, result);
	free(text);
}

static void test_words(void **state)
{
	const struct param none[PARAMS_MAX] = { { NULL, 0 } };
	const struct param many[PARAMS_MAX] = {
		{ "vcpu", types.vcpu_ptr }, { "init", types.bool_typedef }, { "gpa", types.ulong_ },
		{ "too", types.int_ },
	};
	const struct param small[PARAMS_MAX] = { { "a", types.u8_ }, { "b", types.s64_ }, { "c", types.small } };

	(void)state;
	function_is(0, none, "", "", "void");
	function_is(types.int_, many, "vcpu,init,gpa", "pointer,bool,u64", "int");
	function_is(types.small, small, "a,b,c", "u8,long,enum(-1=BAD;0=GOOD)", "enum(-1=BAD;0=GOOD)");
	function_is(types.large, none, "", "", "int"); /* its names would not fit a row */
	function_is(types.file_ptr, none, "", "", "pointer");
	function_is(types.bool_typedef, none, "", "", "bool");
	function_is(types.pair, none, "", "", "struct");
}

/* "kvm" and "vcpu" tell a VM and a vCPU by their address: nothing else may have these names. */
static void test_names(void **state)
{
	const struct param ours[PARAMS_MAX] = { { "kvm", types.kvm_ptr }, { "vcpu", types.vcpu_ptr } };
	const struct param others[PARAMS_MAX] = { { "kvm", types.file_ptr }, { "vcpu", types.int_ }, { "", types.int_ } };

	(void)state;
	function_is(0, ours, "kvm,vcpu", "pointer,pointer", "void");
	function_is(0, others, "kvm_,vcpu_,arg", "pointer,int,int", "void");
}

/* What comes after a structure may be in any register. */
static void test_structures(void **state)
{
	const struct param params[PARAMS_MAX] = {
		{ "a", types.int_ }, { "pair", types.pair }, { "b", types.int_ },
	};
	const struct param variadic[PARAMS_MAX] = { { "format", types.file_ptr }, { "", 0 } };

	(void)state;
	function_is(0, params, "a", "int", "void");
	function_is(0, variadic, "format", "pointer", "void");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_structures),
	};

	return cmocka_run_group_tests_name("bpf_btf_words", tests, types_make, types_free);
}
