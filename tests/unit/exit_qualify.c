/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exit qualifications and information words, written by hand from the tables of SDM and APM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/random.h"
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_detail.h"
#include "trace-viewer/exit_qualify.h"

static const struct {
	uint32_t isa, reason;
	uint64_t info1, info2;
	uint32_t intr_info, error_code;
	const char *text;
} rows[] = {
	/* SDM 25.9.2: type 3 in 10:8, error valid in 11, valid in 31; #PF: qualification is the address */
	{ REC_ISA_VMX, 0, 0xdead000, 0, 0x80000b0e, 6, "#PF at 0xdead000, error 0x6" },
	{ REC_ISA_VMX, 0, 0, 0, 0x80000b0d, 0x18, "#GP, error 0x18" },
	{ REC_ISA_VMX, 0, 0, 0, 0x80000306, 0, "#UD" },
	{ REC_ISA_VMX, 0, 0, 0, 0x80000202, 0, "NMI" },
	/* table 28-1: breakpoint 1, single step */
	{ REC_ISA_VMX, 0, 0x4002, 0, 0x80000301, 0, "#DB breakpoint 1 single step" },
	{ REC_ISA_VMX, 1, 0, 0, 0x800000ec, 0, "vector 236" },
	{ REC_ISA_VMX, 1, 0, 0, 0, 0, "" },
	{ REC_ISA_VMX, 4, 0x9f, 0, 0, 0, "vector 159" },
	/* table 28-2: 31:30 what brought it about */
	{ REC_ISA_VMX, 9, 0x80000018, 0, 0, 0, "to TSS 0x18 by JMP" },
	{ REC_ISA_VMX, 9, 0xc0000020, 0x80000b08, 0, 0,
	  "to TSS 0x20 by a gate in the IDT, while delivering #DF" },
	{ REC_ISA_VMX, 14, 0x7f0000001000, 0, 0, 0, "at 0x7f0000001000" },
	/* table 28-3: 3:0 register, 5:4 type, 6 LMSW from memory, 11:8 register, 31:16 LMSW's data */
	{ REC_ISA_VMX, 28, 0x000, 0, 0, 0, "write cr0 from rax" },
	{ REC_ISA_VMX, 28, 0x313, 0, 0, 0, "read cr3 to rbx" },
	{ REC_ISA_VMX, 28, 0xf08, 0, 0, 0, "write cr8 from r15" },
	{ REC_ISA_VMX, 28, 0x020, 0, 0, 0, "clts" },
	{ REC_ISA_VMX, 28, 0x10070, 0, 0, 0, "lmsw 0x1 from memory" },
	/* table 28-4: 2:0 register, 4 direction, 11:8 register */
	{ REC_ISA_VMX, 29, 0x117, 0, 0, 0, "read dr7 to rcx" },
	{ REC_ISA_VMX, 29, 0x206, 0, 0, 0, "write dr6 from rdx" },
	/* table 28-5: 2:0 size - 1, 3 IN, 4 string, 31:16 port */
	{ REC_ISA_VMX, 30, 0x3fd0008, 0, 0, 0, "in 0x3fd (1 byte)" },
	{ REC_ISA_VMX, 30, 0x600031, 0, 0, 0, "outs 0x60 (2 bytes)" },
	/* 27.8 */
	{ REC_ISA_VMX, 0x80000021, 4, 0, 0, 0, "the VMCS link pointer" },
	{ REC_ISA_VMX, 0x80000022, 3, 0, 0, 0, "entry 3 of the MSR-load area" },
	/* table 28-6: 11:0 offset, 15:12 type */
	{ REC_ISA_VMX, 44, 0x10b0, 0, 0, 0, "register 0xb0, write" },
	{ REC_ISA_VMX, 44, 0x3300, 0x800000ec, 0, 0,
	  "register 0x300, while delivering an event, while delivering interrupt 236" },
	{ REC_ISA_VMX, 44, 0x5000, 0, 0, 0, "register 0x0, type 5" },
	{ REC_ISA_VMX, 45, 0x31, 0, 0, 0, "vector 49" },
	{ REC_ISA_VMX, 56, 0x300, 0, 0, 0, "register 0x300" },
	/* table 28-7: 2:0 access, 5:3 what the entry allows, 7 linear address, 8 final, 13, 16 */
	{ REC_ISA_VMX, 48, 0x184, 0, 0, 0, "gpa ? fetch, not present" },
	{ REC_ISA_VMX, 48, 0x1aa, 0, 0, 0, "gpa ? write, not allowed: r-x" },
	{ REC_ISA_VMX, 48, 0x81, 0, 0, 0, "gpa ? read, not present, by a page walk" },
	{ REC_ISA_VMX, 75, 1, 0, 0, 0, "the guest's state is lost" },

	/* APM 15.9 and 15.33: bit 63 MOV, 3:0 register */
	{ REC_ISA_SVM, 0x03, 0x8000000000000007, 0, 0, 0, "read cr3 to rdi" },
	{ REC_ISA_SVM, 0x10, 0x8000000000000000, 0, 0, 0, "write cr0 from rax" },
	{ REC_ISA_SVM, 0x10, 0, 0, 0, 0, "write cr0" },
	{ REC_ISA_SVM, 0x27, 2, 0, 0, 0, "read dr7 to rdx" },
	{ REC_ISA_SVM, 0x36, 1, 0, 0, 0, "write dr6 from rcx" },
	{ REC_ISA_SVM, 0x4e, 2, 0x1000, 0, 0, "at 0x1000, error 0x2" },
	{ REC_ISA_SVM, 0x4d, 0x18, 0, 0, 0, "error 0x18" },
	{ REC_ISA_SVM, 0x46, 0, 0, 0, 0, "" },
	{ REC_ISA_SVM, 0x65, 0x8000000000000003, 0, 0, 0, "write cr0 from rbx" },
	{ REC_ISA_SVM, 0x75, 0x80, 0, 0, 0, "INT 128" },
	{ REC_ISA_SVM, 0x79, 0x401000, 0, 0, 0, "at 0x401000" },
	/* 15.10.2: 0 IN, 2 string, 6:4 size, 31:16 port */
	{ REC_ISA_SVM, 0x7b, 0x3f80010, 0x1002, 0, 0, "out 0x3f8 (1 byte)" },
	{ REC_ISA_SVM, 0x7b, 0x1f00025, 0x1002, 0, 0, "ins 0x1f0 (2 bytes)" },
	{ REC_ISA_SVM, 0x7c, 1, 0, 0, 0, "write" },
	/* 15.14.1: 36 IRET, 38 JMP, 44 error code, 31:0 which; EXITINTINFO by 15.7.2 */
	{ REC_ISA_SVM, 0x7d, 0x28, 1ull << 36, 0, 0, "to TSS 0x28 by IRET" },
	{ REC_ISA_SVM, 0x7d, 0x28, 1ull << 44 | 5, 0x80000b0a, 5,
	  "to TSS 0x28 by a gate in the IDT, error 0x5, while delivering #TS" },
	{ REC_ISA_SVM, 0x94, 0x6f0, 0, 0, 0, "cr4 is now 0x6f0" },
	{ REC_ISA_SVM, 0xa2, 0x2000, 3, 0, 0, "all, descriptor at 0x2000" },
	/* 15.25.6 */
	{ REC_ISA_SVM, 0x400, 0x100000014, 0x1000, 0, 0, "gpa 0x1000 fetch, not present" },
	{ REC_ISA_SVM, 0x400, 0x200000007, 0x3000, 0x800000ec, 0,
	  "gpa 0x3000 write, not allowed, by a page walk, while delivering interrupt 236" },
	{ REC_ISA_SVM, 0x400, 0x180000006, 0x3000, 0, 0, "gpa 0x3000 write, not present, refused by the RMP" },
	/* 15.29.9 */
	{ REC_ISA_SVM, 0x401, 0x00000002000000fd, 0x0000000100000002, 0, 0,
	  "the target does not run, ICR 0x2000000fd, index 2" },
	{ REC_ISA_SVM, 0x402, 0x1000000b0, 0x31, 0, 0, "write register 0xb0, EOI of 49" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct node_exit e = {
			.isa = rows[i].isa, .reason = rows[i].reason, .info1 = rows[i].info1,
			.info2 = rows[i].info2, .intr_info = rows[i].intr_info,
			.error_code = rows[i].error_code, .user_reason = -1,
		};
		struct text t;

		text_clear(&t);
		exit_add_detail(&t, &e, true);
		assert_string_equal(t.at, rows[i].text);
	}
}

/* Every word and every reason reads as something, whatever a file says. */
static void test_any(void **state)
{
	(void)state;
	for (uint32_t reason = 0; reason < 0x500; reason++)
		for (uint32_t isa = 0; isa < 4; isa++) {
			struct node_exit e = { .isa = isa, .reason = reason, .user_reason = -1 };
			uint64_t word = random_next();
			struct text t;

			e.info1 = word;
			e.info2 = ~word;
			e.intr_info = (uint32_t)(word >> 32);
			text_clear(&t);
			exit_add_detail(&t, &e, true);
			assert_true(t.sz < sizeof(t.at) - 1);
		}
}

/* What tells one exit from another, and what does not. */
static void test_keys(void **state)
{
	struct node_exit a = { .isa = REC_ISA_VMX, .reason = 14, .info1 = 0x1000 }, b = a;

	(void)state;
	b.info1 = 0x2000; /* another address */
	assert_int_equal(exit_key(&a), exit_key(&b));
	a.reason = b.reason = 28;
	a.info1 = 0x013;
	b.info1 = 0x003; /* the other direction */
	assert_int_not_equal(exit_key(&a), exit_key(&b));
	a.reason = b.reason = 0;
	a.intr_info = 0x80000b0d;
	b.intr_info = 0x80000b0e;
	assert_int_not_equal(exit_key(&a), exit_key(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests_name("exit_qualify", tests, NULL, NULL);
}
