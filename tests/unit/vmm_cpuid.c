/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What CPUID tells of a vCPU: its place among the others, on both vendors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/cpuid.h"

static struct cpuid_table table;

static void give(uint32_t function, uint32_t index, uint32_t eax, uint32_t ebx, uint32_t ecx,
		 uint32_t edx)
{
	table.entries[table.head.nent++] = (struct kvm_cpuid_entry2){.function = function,
								     .index = index,
								     .eax = eax,
								     .ebx = ebx,
								     .ecx = ecx,
								     .edx = edx};
}

static const struct kvm_cpuid_entry2 *leaf(uint32_t function, uint32_t index)
{
	for (uint32_t i = 0; i < table.head.nent; i++)
		if (table.entries[i].function == function && table.entries[i].index == index)
			return &table.entries[i];
	fail_msg("leaf %x.%u is missing", function, index);
	return NULL;
}

static void intel(void **state)
{
	struct cpuid_place place = {.id = 2, .cnt = 3, .tsc_deadline = true};

	(void)state;
	memset(&table, 0, sizeof(table));
	give(0, 0, 0x1f, 0x756e6547, 0x6c65746e, 0x49656e69);
	give(1, 0, 0x806ea, 0x07100800, 1u << 5 | 1, 1u << 28 | 1);
	give(4, 0, 0xfc004121, 0, 0, 0);
	give(4, 3, 0xfc1fc163, 0, 0, 0);
	give(6, 0, 4, 0, 1u << 3, 0);
	give(7, 0, 0, 0, 0, 1u << 29);
	give(0xa, 0, 0x7300404, 1, 2, 3);
	give(0xb, 0, 0, 0, 0, 7);
	give(0x1f, 0, 0, 0, 0, 7);
	cpuid_adapt(&table, &place);

	assert_int_equal(leaf(1, 0)->ebx, 0x02030800);
	assert_int_equal(leaf(1, 0)->ecx, 1u << 31 | 1u << 24 | 1);
	assert_int_equal(leaf(1, 0)->edx, 1u << 28 | 1);
	/* Four IDs are set aside for three CPUs; the cache of level 1 is its own. */
	assert_int_equal(leaf(4, 0)->eax, 3u << 26 | 0x121);
	assert_int_equal(leaf(4, 3)->eax, 3u << 26 | 3u << 14 | 0x163);
	assert_int_equal(leaf(6, 0)->ecx, 0);
	assert_int_equal(leaf(7, 0)->edx, 1u << 29);
	assert_int_equal(leaf(0xa, 0)->eax, 0);
	assert_int_equal(leaf(0xb, 0)->ebx, 1);
	assert_int_equal(leaf(0xb, 0)->ecx, 0x100);
	assert_int_equal(leaf(0xb, 1)->eax, 2);
	assert_int_equal(leaf(0xb, 1)->ebx, 3);
	assert_int_equal(leaf(0xb, 1)->ecx, 0x201);
	assert_int_equal(leaf(0xb, 2)->ecx, 2);
	assert_int_equal(leaf(0xb, 2)->edx, 2);
	assert_int_equal(leaf(0xb, 1)->flags, KVM_CPUID_FLAG_SIGNIFCANT_INDEX);
	for (uint32_t i = 0; i < table.head.nent; i++)
		assert_int_not_equal(table.entries[i].function, 0x1f);
}

static void amd(void **state)
{
	struct cpuid_place place = {.id = 5, .cnt = 8};

	(void)state;
	memset(&table, 0, sizeof(table));
	give(0, 0, 0xa, 0x68747541, 0x444d4163, 0x69746e65);
	give(1, 0, 0, 0x12345678, 1u << 24, 0);
	give(7, 0, 0, 0, 0, 1u << 29 | 1);
	give(0x80000001, 0, 0, 0, 1u << 28 | 1u << 24 | 1u << 23 | 1u << 2 | 1, 0);
	give(0x80000008, 0, 0x3028, 0, 0x400f, 0);
	give(0x8000000a, 0, 1, 1, 1, 1);
	give(0x8000001d, 3, 0x3c163, 0, 0, 0);
	give(0x8000001e, 0, 0xff, 0x1ff, 0x307, 0);
	cpuid_adapt(&table, &place);

	assert_int_equal(leaf(1, 0)->ebx, 0x05085678);
	assert_int_equal(leaf(1, 0)->ecx, 1u << 31);
	assert_int_equal(leaf(7, 0)->edx, 1);
	assert_int_equal(leaf(0x80000001, 0)->ecx, 3);
	assert_int_equal(leaf(0x80000008, 0)->ecx, 0x3007);
	assert_int_equal(leaf(0x8000000a, 0)->ebx, 0);
	assert_int_equal(leaf(0x8000001d, 3)->eax, 7u << 14 | 0x163);
	assert_int_equal(leaf(0x8000001e, 0)->eax, 5);
	assert_int_equal(leaf(0x8000001e, 0)->ebx, 5);
	assert_int_equal(leaf(0x8000001e, 0)->ecx, 0);
	/* Its highest leaf is below 0xb, which would be none of its. */
	for (uint32_t i = 0; i < table.head.nent; i++)
		assert_int_not_equal(table.entries[i].function, 0xb);
}

/* One CPU is no more than one, and a full table stays within its bounds. */
static void edges(void **state)
{
	struct cpuid_place place = {.id = 0, .cnt = 1};

	(void)state;
	memset(&table, 0, sizeof(table));
	give(0, 0, 0xd, 0x756e6547, 0, 0);
	give(1, 0, 0, 0, 0, 1u << 28);
	while (table.head.nent < CPUID_ENTRIES_MAX)
		give(0x40000000, table.head.nent, 0, 0, 0, 0);
	cpuid_adapt(&table, &place);
	assert_int_equal(leaf(1, 0)->edx, 0);
	assert_int_equal(leaf(1, 0)->ebx, 1 << 16);
	assert_int_equal(table.head.nent, CPUID_ENTRIES_MAX);

	table.head.nent = UINT32_MAX;
	cpuid_adapt(&table, &place);
	assert_int_equal(table.head.nent, CPUID_ENTRIES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(intel), cmocka_unit_test(amd),
					   cmocka_unit_test(edges)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
