/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names for addresses: of a System.map, of this very program, of files that are broken. */
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/trace_script.h"
#include "trace-viewer/symbols.h"

static const char map[] = "ffffffff81000000 T startup_64\n"
			  "ffffffff81000040 t secondary\n"
			  "ffffffff81000080 D data_is_no_code\n"
			  "not a line\n"
			  "ffffffff81000100 T last";

static void test_map(void **state)
{
	char why[128];
	struct symbols *s = symbols_of_bytes((const uint8_t *)map, sizeof(map) - 1, why, sizeof(why));
	uint64_t offset;

	(void)state;
	assert_non_null(s);
	assert_string_equal(symbols_find(s, 0xffffffff81000000, &offset), "startup_64");
	assert_int_equal(offset, 0);
	assert_string_equal(symbols_find(s, 0xffffffff81000090, &offset), "secondary");
	assert_int_equal(offset, 0x50);
	assert_string_equal(symbols_find(s, 0xffffffff81000101, &offset), "last");
	assert_null(symbols_find(s, 0xfffffffe81000000, &offset));
	assert_null(symbols_find(s, 0xffffffff90000000, &offset)); /* far behind the last one */
	symbols_free(s);
}

static int load_base(struct dl_phdr_info *info, size_t sz, void *base)
{
	(void)sz;
	*(uint64_t *)base = info->dlpi_addr;
	return 1; /* the program itself is the first */
}

static void test_elf(void **state)
{
	char why[128];
	struct symbols *s = symbols_open("/proc/self/exe", why, sizeof(why));
	uint64_t base = 0, offset;

	(void)state;
	assert_non_null(s);
	dl_iterate_phdr(load_base, &base);
	assert_string_equal(symbols_find(s, (uintptr_t)symbols_find - base, &offset), "symbols_find");
	assert_int_equal(offset, 0);
	assert_string_equal(symbols_find(s, (uintptr_t)symbols_find - base + 3, &offset), "symbols_find");
	assert_int_equal(offset, 3);
	symbols_free(s);
}

/* An ELF header whose section table is anywhere: nothing outside the file may be read. */
static void test_broken(void **state)
{
	char why[128];

	(void)state;
	assert_null(symbols_of_bytes((const uint8_t *)"", 0, why, sizeof(why)));
	assert_null(symbols_open("/nonexistent", why, sizeof(why)));
	assert_null(symbols_open("/", why, sizeof(why)));
	for (unsigned int seed = 1; seed < 20000; seed++) {
		uint8_t *file = malloc(256);
		uint64_t random = seed * 0x9e3779b97f4a7c15ull;

		for (size_t i = 0; i < 256; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			file[i] = random >> 40 & 1 ? 0 : (uint8_t)(random >> 20);
		}
		memcpy(file, "\177ELF", 4);
		file[4] = 1 + seed % 2; /* 32 or 64 bits, low bytes first */
		file[5] = 1;
		file[seed % 2 ? 40 : 32] = (uint8_t)(seed >> 3); /* e_shoff, small enough to be in the file */
		memset(file + (seed % 2 ? 41 : 33), 0, seed & 4 ? 7 : 0);
		if (seed & 8)
			file[124] = 2; /* SHT_SYMTAB somewhere */
		symbols_free(symbols_of_bytes(file, 64 + seed % 193, why, sizeof(why)));
		free(file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_elf),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
