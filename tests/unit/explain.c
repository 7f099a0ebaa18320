/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The knowledge base has no holes, and finds its rows by any name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <linux/kvm.h>

#include "trace-viewer/explain_find.h"
#include "trace-viewer/near.h"

struct seen {
	unsigned int cnt;
	struct kb_entry last;
	char names[1024];
};

static void see(void *owner, const struct kb_entry *entry)
{
	struct seen *seen = owner;
	size_t sz = strlen(seen->names);

	seen->cnt++;
	seen->last = *entry;
	snprintf(seen->names + sz, sizeof(seen->names) - sz, "%s%s", sz ? " " : "", entry->name);
}

static void check_find(const char *name, enum explain_match match, const char *expected)
{
	struct seen seen = { 0 };
	enum explain_match got = explain_find(KB_GROUP_CNT, name, see, &seen);

	if (got != match || strcmp(seen.names, expected) != 0)
		fail_msg("%s: match %d, rows \"%s\"; expected %d, \"%s\"", name, got, seen.names, match, expected);
}

static void test_find(void **state)
{
	(void)state;
	check_find("EPT_VIOLATION", EXPLAIN_EXACT, "EPT_VIOLATION");
	check_find("EXIT_REASON_EPT_VIOLATION", EXPLAIN_EXACT, "EPT_VIOLATION");
	check_find("ept-violation", EXPLAIN_EXACT, "EPT_VIOLATION");
	check_find("npf", EXPLAIN_EXACT, "npf");
	check_find("VMEXIT_NPF", EXPLAIN_EXACT, "npf");
	check_find("0x400", EXPLAIN_EXACT, "npf");
	check_find("SVM_EXIT_IOIO", EXPLAIN_EXACT, "io");
	check_find("VMEXIT_VMMCALL", EXPLAIN_EXACT, "hypercall");
	check_find("SVM_EXIT_SHUTDOWN", EXPLAIN_EXACT, "shutdown");
	check_find("shutdown", EXPLAIN_EXACT, "shutdown KVM_EXIT_SHUTDOWN");
	check_find("MSR_READ", EXPLAIN_EXACT, "MSR_READ");
	check_find("SVM_EXIT_ERR", EXPLAIN_EXACT, "invalid_guest_state");
	check_find("48", EXPLAIN_EXACT, "EPT_VIOLATION write_dr0");
	check_find("vmx_create_vcpu", EXPLAIN_EXACT, "vcpu_create");
	check_find("avic_vcpu_precreate", EXPLAIN_EXACT, "vendor_vcpu_precreate");
	check_find("KVM_EXIT_MMIO", EXPLAIN_EXACT, "KVM_EXIT_MMIO");
	check_find("mmio", EXPLAIN_EXACT, "KVM_EXIT_MMIO");
	check_find("0x3f8", EXPLAIN_EXACT, "COM1");
	check_find("0x3ff", EXPLAIN_EXACT, "COM1");
	check_find("0x400000000", EXPLAIN_NONE, "");
	check_find("MSR_EFER", EXPLAIN_EXACT, "EFER");
	check_find("triple fault", EXPLAIN_EXACT, "TRIPLE_FAULT shutdown");
	check_find("EPT_VIOLATOIN", EXPLAIN_NEAR, "EPT_VIOLATION");
	check_find("set_user_memory", EXPLAIN_PART, "KVM_SET_USER_MEMORY_REGION KVM_SET_USER_MEMORY_REGION2");
	check_find("Bochs", EXPLAIN_TEXT, "debug console");
	check_find("", EXPLAIN_NONE, "");
	check_find("zz", EXPLAIN_NONE, "");
	check_find("no such thing at all", EXPLAIN_NONE, "");
}

static void test_find_in_group(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(explain_find(KB_GROUP_VMX, "48", see, &seen), EXPLAIN_EXACT);
	assert_string_equal(seen.names, "EPT_VIOLATION");
	assert_int_equal(explain_find(KB_GROUP_MSR, "48", see, &seen), EXPLAIN_NONE);
}

/* Every row that is an exit, an ioctl or a function says all that a row can say. */
static void test_rows(void **state)
{
	struct kb_entry entry;

	(void)state;
	for (enum kb_group group = 0; group < KB_GROUP_CNT; group++)
		for (size_t i = 0; kb_entry(group, i, &entry); i++) {
			const bool is_function = group == KB_GROUP_KERNEL || group == KB_GROUP_VMM;

			if (!*entry.name || !*entry.meaning || !*entry.cause)
				fail_msg("group %d row %zu (%s) lacks a text", group, i, entry.name);
			if (!is_function && group < KB_GROUP_CPUID && !*entry.handler)
				fail_msg("%s: who serves it?", entry.name);
			if (group <= KB_GROUP_KERNEL && !*entry.source)
				fail_msg("%s: where is it specified?", entry.name);
		}
}

/* No row is there twice; only ioctls of different architectures share a number. */
static void test_unique(void **state)
{
	struct kb_entry a, b;

	(void)state;
	for (enum kb_group group = 0; group < KB_GROUP_CNT; group++)
		for (size_t i = 0; kb_entry(group, i, &a); i++)
			for (size_t j = i + 1; kb_entry(group, j, &b); j++)
				if ((a.has_number && group != KB_GROUP_IOCTL && a.first <= b.last &&
				     b.first <= a.last) || !strcmp(a.name, b.name))
					fail_msg("group %d: %s and %s", group, a.name, b.name);
}

#define NAME_ROW(name) { (uint32_t)name, #name },
static const struct {
	uint32_t number;
	const char *name;
} header_ioctls[] = {
#include "trace-viewer/kvm_ioctls.inc"
};
#undef NAME_ROW

static void test_ioctls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(header_ioctls) / sizeof(header_ioctls[0]); i++) {
		const struct kb_ioctl *row = kb_ioctl(header_ioctls[i].number);

		if (!row)
			fail_msg("the knowledge base lacks %s", header_ioctls[i].name);
	}
}

static void check_function(enum kb_side side, const char *concept, const char *symbol)
{
	const struct kb_concept *row = kb_concept(side, concept);

	if (!row)
		fail_msg("the knowledge base lacks %s (%s)", concept, symbol);
	if (!*row->why)
		fail_msg("%s: why is it there?", concept);
	if (!*row->source)
		fail_msg("%s: which file has it?", concept);
}

/* Every function of the probe plan, the kernel's and the VMMs'. */
static void test_functions(void **state)
{
	(void)state;
#define KFUNC(concept, symbols, vendor, presence, under, args)                                     \
	check_function(KB_KERNEL, concept, symbols);
#include "bpf/functions.def"
#undef KFUNC
#define UFUNC(symbol, args, returns) check_function(KB_VMM, symbol, symbol);
#define UFUNC_ASKED UFUNC
#include "bpf/user_functions.def"
#undef UFUNC_ASKED
#undef UFUNC
}

/* Written by hand from the manuals, not from the headers. */
static void test_numbers_of_the_manuals(void **state)
{
	static const struct {
		enum kb_group group;
		uint32_t number;
		const char *name;
	} rows[] = {
		/* SDM volume 3, appendix C */
		{ KB_GROUP_VMX, 0, "EXCEPTION_NMI" },	{ KB_GROUP_VMX, 1, "EXTERNAL_INTERRUPT" },
		{ KB_GROUP_VMX, 2, "TRIPLE_FAULT" },	{ KB_GROUP_VMX, 7, "INTERRUPT_WINDOW" },
		{ KB_GROUP_VMX, 10, "CPUID" },		{ KB_GROUP_VMX, 12, "HLT" },
		{ KB_GROUP_VMX, 18, "VMCALL" },		{ KB_GROUP_VMX, 28, "CR_ACCESS" },
		{ KB_GROUP_VMX, 30, "IO_INSTRUCTION" }, { KB_GROUP_VMX, 31, "MSR_READ" },
		{ KB_GROUP_VMX, 32, "MSR_WRITE" },	{ KB_GROUP_VMX, 33, "INVALID_STATE" },
		{ KB_GROUP_VMX, 40, "PAUSE_INSTRUCTION" }, { KB_GROUP_VMX, 44, "APIC_ACCESS" },
		{ KB_GROUP_VMX, 48, "EPT_VIOLATION" },	{ KB_GROUP_VMX, 49, "EPT_MISCONFIG" },
		{ KB_GROUP_VMX, 52, "PREEMPTION_TIMER" }, { KB_GROUP_VMX, 55, "XSETBV" },
		{ KB_GROUP_VMX, 62, "PML_FULL" },	{ KB_GROUP_VMX, 74, "BUS_LOCK" },
		/* APM volume 2, appendix C */
		{ KB_GROUP_SVM, 0x10, "write_cr0" },	{ KB_GROUP_SVM, 0x4e, "PF excp" },
		{ KB_GROUP_SVM, 0x60, "interrupt" },	{ KB_GROUP_SVM, 0x64, "vintr" },
		{ KB_GROUP_SVM, 0x72, "cpuid" },	{ KB_GROUP_SVM, 0x77, "pause" },
		{ KB_GROUP_SVM, 0x78, "hlt" },		{ KB_GROUP_SVM, 0x7b, "io" },
		{ KB_GROUP_SVM, 0x7c, "msr" },		{ KB_GROUP_SVM, 0x7f, "shutdown" },
		{ KB_GROUP_SVM, 0x80, "vmrun" },	{ KB_GROUP_SVM, 0x81, "hypercall" },
		{ KB_GROUP_SVM, 0x400, "npf" },		{ KB_GROUP_SVM, 0xffffffff, "invalid_guest_state" },
		/* SDM volume 4, APM volume 2 appendix A */
		{ KB_GROUP_MSR, 0x10, "TSC" },		{ KB_GROUP_MSR, 0x1b, "APIC_BASE" },
		{ KB_GROUP_MSR, 0x277, "PAT" },		{ KB_GROUP_MSR, 0x6e0, "TSC_DEADLINE" },
		{ KB_GROUP_MSR, 0xc0000080, "EFER" },	{ KB_GROUP_MSR, 0xc0000082, "LSTAR" },
		{ KB_GROUP_MSR, 0xc0010117, "VM_HSAVE_PA" },
		/* api.rst, and the ioctl encoding of x86 */
		{ KB_GROUP_IOCTL, 0xae00, "KVM_GET_API_VERSION" }, { KB_GROUP_IOCTL, 0xae01, "KVM_CREATE_VM" },
		{ KB_GROUP_IOCTL, 0xae41, "KVM_CREATE_VCPU" },	   { KB_GROUP_IOCTL, 0xae80, "KVM_RUN" },
		{ KB_GROUP_IOCTL, 0x4020ae46, "KVM_SET_USER_MEMORY_REGION" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = { 0 };
		char number[16];

		snprintf(number, sizeof(number), "0x%x", rows[i].number);
		explain_find(rows[i].group, number, see, &seen);
		assert_string_equal(seen.names, rows[i].name);
	}
}

/* Looked up by hand in the manuals (APM volume 2, SDM volume 3) and in Linux 6.1's api.rst. */
static void test_sections_of_the_manuals(void **state)
{
	static const struct { enum kb_group group; const char *name, *section; } rows[] = {
		{ KB_GROUP_SVM, "write_cr0", "15.9 Instruction Intercepts" },
		{ KB_GROUP_SVM, "cr0_sel_write", "15.9 Instruction Intercepts" },
		{ KB_GROUP_SVM, "read_dr7", "15.9 Instruction Intercepts" },
		{ KB_GROUP_SVM, "rdpru", "15.9 Instruction Intercepts" },
		{ KB_GROUP_SVM, "io", "15.10.2 IN and OUT Behavior" },
		{ KB_GROUP_SVM, "msr", "15.11 MSR Intercepts" },
		{ KB_GROUP_SVM, "PF excp", "15.12 Exception Intercepts" },
		{ KB_GROUP_SVM, "vintr", "15.13.5 Virtual Interrupt Intercept" },
		{ KB_GROUP_VMX, "CPUID", "Instructions That Cause VM Exits Unconditionally" },
		{ KB_GROUP_VMX, "HLT", "Instructions That Cause VM Exits Conditionally" },
		{ KB_GROUP_VMX, "PAUSE_INSTRUCTION", "Instructions That Cause VM Exits Conditionally" },
		{ KB_GROUP_VMX, "BUS_LOCK", "Other Causes of VM Exits" },
		{ KB_GROUP_VMX, "EPT_VIOLATION", "Exit Qualification for EPT Violations" },
		{ KB_GROUP_IOCTL, "KVM_CREATE_VM", "API 4.2" },
		{ KB_GROUP_IOCTL, "KVM_CREATE_VCPU", "API 4.7" },
		{ KB_GROUP_IOCTL, "KVM_RUN", "API 4.10" },
		{ KB_GROUP_IOCTL, "KVM_SET_USER_MEMORY_REGION", "API 4.35" },
		{ KB_GROUP_IOCTL, "KVM_IOEVENTFD", "API 4.59" },
		{ KB_GROUP_IOCTL, "KVM_IRQFD", "API 4.75" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_entry entry;
		size_t at = 0;

		while (kb_entry(rows[i].group, at, &entry) && strcmp(entry.name, rows[i].name))
			at++;
		assert_string_equal(entry.name, rows[i].name);
		if (!strstr(entry.source, rows[i].section))
			fail_msg("%s: %s, not %s", entry.name, entry.source, rows[i].section);
	}
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(near_distance("", ""), 0);
	assert_int_equal(near_distance("", "abc"), 3);
	assert_int_equal(near_distance("abc", ""), 3);
	assert_int_equal(near_distance("tree", "TREE"), 0);
	assert_int_equal(near_distance("tree", "tere"), 1);
	assert_int_equal(near_distance("tree", "tre"), 1);
	assert_int_equal(near_distance("tre", "tree"), 1);
	assert_int_equal(near_distance("tree", "true"), 1);
	assert_int_equal(near_distance("kitten", "sitting"), 3);
	assert_true(near_distance("0123456789012345678901234567890123456789012345678901234567890123", "a") > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),	  cmocka_unit_test(test_find_in_group),
		cmocka_unit_test(test_rows),	  cmocka_unit_test(test_unique),
		cmocka_unit_test(test_ioctls),	  cmocka_unit_test(test_functions),
		cmocka_unit_test(test_distance),  cmocka_unit_test(test_numbers_of_the_manuals),
		cmocka_unit_test(test_sections_of_the_manuals),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
