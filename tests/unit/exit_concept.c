/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Is every exit that the knowledge base knows in one concept, and in the right one? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/record_codec.h"

struct exit_row {
	uint32_t isa, number;
	const char *name;
};

static const struct exit_row exits[] = {
#define VMX_EXIT(number, name, ...) { REC_ISA_VMX, number, #name },
#include "trace-viewer/kb/vmx_exits.def"
#undef VMX_EXIT
#define SVM_EXIT(number, name, ...) { REC_ISA_SVM, number, name },
#include "trace-viewer/kb/svm_exits.def"
#undef SVM_EXIT
};

#define EXIT_CNT (sizeof(exits) / sizeof(exits[0]))

/* How many rows have this exit: looked for by other code than the one under test. */
static unsigned int rows_with(const struct exit_row *exit)
{
	unsigned int cnt = 0;

	for (uint32_t i = 0; exit_concept_row(i); i++) {
		const struct exit_concept *concept = exit_concept_row(i);
		char ranges[80], *save = NULL;

		strncpy(ranges, exit->isa == REC_ISA_VMX ? concept->vmx : concept->svm, sizeof(ranges) - 1);
		ranges[sizeof(ranges) - 1] = '\0';
		for (char *r = strtok_r(ranges, " ", &save); r; r = strtok_r(NULL, " ", &save)) {
			long long first, last;
			int fields = sscanf(r, "%lli-%lli", &first, &last);

			assert_in_range(fields, 1, 2);
			if (fields == 1)
				last = first;
			cnt += exit->number >= first && exit->number <= last;
		}
	}
	return cnt;
}

static void test_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXIT_CNT; i++)
		if (rows_with(&exits[i]) != 1)
			fail_msg("isa %u, exit 0x%x %s: is in %u concepts", exits[i].isa, exits[i].number,
				 exits[i].name, rows_with(&exits[i]));
}

static void test_names_differ(void **state)
{
	(void)state;
	for (uint32_t i = 0; exit_concept_row(i); i++) {
		assert_ptr_equal(exit_concept_by_name(exit_concept_row(i)->name), exit_concept_row(i));
		assert_int_equal(exit_concept_index(exit_concept_row(i)), i);
	}
	assert_null(exit_concept_by_name("no such concept"));
}

/* By hand, from the specifications: what both vendors have. */
static void test_pairs(void **state)
{
	static const struct { uint32_t vmx, svm; const char *name; } pairs[] = {
		{ 30, 0x7b, "io" },	    { 48, 0x400, "memory" }, { 49, 0x400, "memory" },
		{ 10, 0x72, "cpuid" },	    { 12, 0x78, "halt" },    { 31, 0x7c, "msr" },
		{ 32, 0x7c, "msr" },	    { 1, 0x60, "interrupt" }, { 2, 0x7f, "triple-fault" },
		{ 28, 0x10, "control-register" }, { 0, 0x4e, "exception" }, { 18, 0x81, "hypercall" },
		{ 33, 0xffffffff, "entry-failed" }, { 0x80000021, 0xffffffff, "entry-failed" },
		{ 0x80000000 | 34, 0xffffffff, "entry-failed" }, { 1u << 26 | 30, 0x7b, "io" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct exit_concept *vmx = exit_concept(REC_ISA_VMX, pairs[i].vmx);
		const struct exit_concept *svm = exit_concept(REC_ISA_SVM, pairs[i].svm);

		assert_non_null(vmx);
		assert_ptr_equal(vmx, svm);
		assert_string_equal(vmx->name, pairs[i].name);
	}
}

static void test_unknown(void **state)
{
	(void)state;
	assert_null(exit_concept(REC_ISA_VMX, 0x4d2));
	assert_null(exit_concept(REC_ISA_SVM, 0x4d2));
	assert_null(exit_concept(7, 30));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_names_differ),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests_name("exit_concept", tests, NULL, NULL);
}
