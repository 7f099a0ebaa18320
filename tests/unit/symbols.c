/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names for addresses: of a System.map, of this very program, of files that are broken. */
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/trace_script.h"
#include "trace-viewer/instruction.h"
#include "trace-viewer/model.h"
#include "trace-viewer/symbols.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/trace_writer.h"

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

/* --- code ---------------------------------------------------------------------------- */

static const uint8_t code[] = { 0xb8, 0x01, 0x00, 0xba, 0xf8, 0x03, 0xee, 0xf4 };

static void test_code(void **state)
{
	struct symbols *s = symbols_new();
	size_t sz;

	(void)state;
	symbols_add(s, 0xffffffff81000000, 8, "startup", 7);
	symbols_add_code(s, 0xffffffff81000000, 0x1000000, code, 4);
	symbols_add_code(s, 0xffffffff81000003, 0x1000003, code + 3, 5);
	assert_ptr_equal(symbols_code(s, 0xffffffff81000001, &sz), code + 1);
	assert_int_equal(sz, 3);
	assert_ptr_equal(symbols_code(s, 0xffffffff81000003, &sz), code + 3); /* in both: the longer rest */
	assert_int_equal(sz, 5);
	assert_ptr_equal(symbols_code(s, 0x1000007, &sz), code + 7);
	assert_int_equal(sz, 1);
	assert_null(symbols_code(s, 0x1000008, &sz));
	assert_null(symbols_code(s, 0xfffffffffffffff0, &sz));
	symbols_free(s);
}

/* Before it turns paging on a kernel runs at its physical address: the name is the same. */
static void test_physical(void **state)
{
	struct symbols *s = symbols_new();
	uint64_t offset;

	(void)state;
	symbols_add(s, 0xffffffff81000000, 8, "startup", 7);
	symbols_add_code(s, 0xffffffff81000000, 0x1000000, code, sizeof(code));
	assert_string_equal(symbols_find(s, 0x1000006, &offset), "startup");
	assert_int_equal(offset, 6);
	assert_null(symbols_find(s, 0x1000008, &offset));
	symbols_free(s);
}

/* "◀ io ...": the instruction below the RIP of an exit of SVM. */
static const char *instruction(struct text *t, uint32_t reason, uint64_t rip)
{
	const struct node_exit e = { .isa = REC_ISA_SVM, .reason = reason, .rip = rip };

	text_clear(t);
	instruction_add(t, &e, "");
	return t->at;
}

static void test_instruction(void **state)
{
	struct symbols *s = symbols_new();
	struct text t;

	(void)state;
	if (!instruction_is_possible())
		skip();
	symbols_add_code(s, 0x1000, 0x1000, code, sizeof(code));
	assert_string_equal(instruction(&t, 0x7b, 0x1006), ""); /* no code is in use */
	symbols_use(s);
	assert_string_equal(instruction(&t, 0x7b, 0x1006), ""); /* nor is its mode known */
	symbols_set_bits(s, 16);
	assert_string_equal(instruction(&t, 0x7b, 0x1006), "out %al, %dx");
	assert_string_equal(instruction(&t, 0x78, 0x1007), "hlt");
	assert_string_equal(instruction(&t, 0x400, 0x1003), "mov $0x3f8, %dx");
	instruction_set_bits(32);
	assert_string_equal(instruction(&t, 0x400, 0x1003), "mov $0xf4ee03f8, %edx");
	instruction_set_bits(0);
	/* what cannot have exited so did not: these are not the bytes that ran */
	assert_string_equal(instruction(&t, 0x78, 0x1006), "");
	assert_string_equal(instruction(&t, 0x7b, 0x1007), "");
	assert_string_equal(instruction(&t, 0x60, 0x1007), ""); /* the host's interrupt: no instruction */
	assert_string_equal(instruction(&t, 0x7b, 0x2000), "");
	symbols_use(NULL);
	symbols_free(s);
}

/* --- in a recording -------------------------------------------------------------------- */

#define LARGE_SZ (3u << 20)

static void test_recording(void **state)
{
	struct symbols *s = symbols_new();
	uint8_t *large = calloc(1, LARGE_SZ);
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct trace_writer *writer;
	struct trace_memory memory;
	struct trace_reader *rd;
	struct model *model;
	uint64_t offset;
	char why[128];
	size_t sz;

	(void)state;
	assert_non_null(large);
	large[1u << 20] = 0xf4;
	symbols_add(s, 0x2000, 0, "second", 6);
	symbols_add(s, 0x1000, 0x20, "first one", 9);
	symbols_add_code(s, 0x1000, 0x10001000, large, LARGE_SZ);
	symbols_set_bits(s, 32);
	assert_int_equal(trace_writer_new(&writer, fd), 0);
	assert_int_equal(symbols_write(s, writer), 0);
	memory.bytes_sz = trace_writer_bytes(writer);
	memory.bytes = mmap(NULL, memory.bytes_sz, PROT_READ, MAP_PRIVATE, fd, 0);
	trace_writer_free(writer);
	symbols_free(s);
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	model = model_new(MODEL_FACTS, NULL);
	model_read(model, rd);
	assert_int_equal(model->gap_cnt, 0);
	assert_int_equal(symbols_cnt(model->symbols), 2);
	assert_int_equal(symbols_bits(model->symbols), 32);
	assert_string_equal(symbols_find(model->symbols, 0x10001010, &offset), "first one");
	assert_null(symbols_find(model->symbols, 0x1020, &offset));
	assert_string_equal(symbols_find(model->symbols, 0x2004, &offset), "second");
	/* at the seam of two pieces no instruction is cut */
	assert_non_null(symbols_code(model->symbols, 0x1000 + (1u << 20) - 1, &sz));
	assert_true(sz >= 15);
	assert_int_equal(*symbols_code(model->symbols, 0x1000 + (1u << 20), &sz), 0xf4);
	assert_non_null(symbols_code(model->symbols, 0x1000 + LARGE_SZ - 1, &sz));
	assert_null(symbols_code(model->symbols, 0x1000 + LARGE_SZ, &sz));
	model_free(model);
	trace_reader_free(rd);
	free(large);
	close(fd);
}

/* Whatever the lines and chunks say. */
static void test_nonsense(void **state)
{
	static const struct trace_code_header odd = { .address = 1, .bits = 48 };
	struct symbols *s = symbols_new();

	(void)state;
	symbols_take_line(s, "", "");
	symbols_take_line(s, "12", "");
	symbols_take_line(s, "12", "34");
	symbols_take_line(s, "12", "34 ");
	symbols_take_line(s, "12x", "34 name");
	symbols_take_line(s, "12", "x name");
	symbols_take_code(s, (const uint8_t *)"short", 5);
	symbols_take_code(s, (const uint8_t *)&odd, sizeof(odd));
	assert_int_equal(symbols_cnt(s), 0);
	symbols_take_line(s, "12", "34 name");
	assert_int_equal(symbols_cnt(s), 1);
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
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_physical),
		cmocka_unit_test(test_instruction),
		cmocka_unit_test(test_recording),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
