/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The knowledge base is complete against the installed kernel headers, and fits its column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <linux/types.h>
#include <linux/kvm.h>
#include <asm/kvm.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_detail.h"
#include "trace-viewer/kb.h"

#define MEANING_MAX 72

struct header_row {
	uint32_t number;
	const char *name;
};

static const struct header_row vmx_rows[] = { VMX_EXIT_REASONS };
static const struct header_row svm_rows[] = { SVM_EXIT_REASONS };

#define NAME_ROW(name) { (uint32_t)name, #name },
static const struct header_row kvm_rows[] = {
#include "trace-viewer/kvm_exits.inc"
};
#undef NAME_ROW

static void check_row(const struct kb_exit *row, const struct header_row *header)
{
	if (!row)
		fail_msg("the knowledge base lacks %s (0x%x)", header->name, header->number);
	if (strcmp(row->name, header->name))
		fail_msg("0x%x is %s here and %s in the header", header->number, row->name, header->name);
	if (!*row->meaning || strlen(row->meaning) > MEANING_MAX)
		fail_msg("%s: no meaning, or one that is too long", row->name);
}

static void test_vmx(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vmx_rows) / sizeof(vmx_rows[0]); i++)
		check_row(kb_vmx_exit(vmx_rows[i].number), &vmx_rows[i]);
}

static void test_svm(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(svm_rows) / sizeof(svm_rows[0]); i++)
		check_row(kb_svm_exit(svm_rows[i].number), &svm_rows[i]);
}

/* Numbers of other things share the prefix. */
static bool is_exit_reason(const char *name)
{
	return strncmp(name, "KVM_EXIT_HYPERV_", 16) && strncmp(name, "KVM_EXIT_XEN_", 13) &&
	       strncmp(name, "KVM_EXIT_IO_", 12);
}

static void test_kvm(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kvm_rows) / sizeof(kvm_rows[0]); i++)
		if (is_exit_reason(kvm_rows[i].name))
			check_row(kb_kvm_exit(kvm_rows[i].number), &kvm_rows[i]);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(kb_ioctl_name(KVM_CREATE_VCPU), "KVM_CREATE_VCPU");
	assert_string_equal(kb_ioctl_name(KVM_SET_USER_MEMORY_REGION), "KVM_SET_USER_MEMORY_REGION");
	assert_null(kb_ioctl_name(0xdeadbeef));
	assert_string_equal(kb_capability_name(KVM_CAP_IRQCHIP), "KVM_CAP_IRQCHIP");
	assert_string_equal(kb_port_name(0x3f8), "COM1");
	assert_string_equal(kb_msr_name(0xc0000080), "EFER");
	assert_string_equal(kb_errno_name(22), "EINVAL");
	/* one name, two concepts */
	assert_non_null(strstr(kb_concept(KB_VMM, "vcpu_create")->meaning, "kvm_create_vcpu"));
	assert_ptr_equal(kb_concept(KB_KERNEL, "vmx_create_vcpu"), kb_concept(KB_KERNEL, "vcpu_create"));
}

static void check_exit(uint32_t isa, uint32_t reason, uint64_t info1, uint64_t info2, const char *expected)
{
	struct node_exit e = { .isa = isa, .reason = reason, .info1 = info1, .info2 = info2,
			       .user_reason = -1 };
	struct text t;

	text_clear(&t);
	exit_add_name(&t, isa, reason);
	text_add(&t, " ");
	exit_add_detail(&t, &e, true);
	assert_string_equal(t.at, expected);
}

static void test_decode(void **state)
{
	(void)state;
	check_exit(REC_ISA_VMX, 30, 0x3f80000, 0, "IO_INSTRUCTION out 0x3f8 (1 byte)");
	check_exit(REC_ISA_VMX, 30, 0x60000b, 0, "IO_INSTRUCTION in 0x60 (4 bytes)");
	check_exit(REC_ISA_VMX, 30, 0x3f80031, 0, "IO_INSTRUCTION outs 0x3f8 (2 bytes)");
	check_exit(REC_ISA_SVM, 0x7b, 0x3f80010, 0, "io out 0x3f8 (1 byte)");
	check_exit(REC_ISA_SVM, 0x7b, 0x600041, 0, "io in 0x60 (4 bytes)");
	check_exit(REC_ISA_SVM, 0x400, 0x100000014, 0x1000, "npf gpa 0x1000 fetch, not present");
	check_exit(REC_ISA_SVM, 0x400, 0x200000007, 0x2000, "npf gpa 0x2000 write, not allowed, by a page walk");
	check_exit(REC_ISA_VMX, 48, 0x182, 0, "EPT_VIOLATION gpa ? write, not present");
	check_exit(REC_ISA_VMX, 28, 0x00, 0, "CR_ACCESS write cr0 from rax");
	check_exit(REC_ISA_VMX, 28, 0x14, 0, "CR_ACCESS read cr4 to rax");
	check_exit(REC_ISA_VMX, 29, 0x17, 0, "DR_ACCESS read dr7 to rax");
	check_exit(REC_ISA_VMX, 0x80000021, 0, 0, "INVALID_STATE|FAILED_ENTRY ");
	check_exit(REC_ISA_VMX, 0x0800000a, 0, 0, "CPUID|ENCLAVE ");
	check_exit(REC_ISA_SVM, 0xffffffff, 0, 0, "invalid_guest_state ");
	check_exit(REC_ISA_VMX, 0x4d2, 1, 2, "UNKNOWN(vmx 0x4d2) info 0x1 0x2");
	check_exit(REC_ISA_SVM, 0x300, 1, 2, "UNKNOWN(svm 0x300) info 0x1 0x2");
	check_exit(9, 0x78, 1, 2, "UNKNOWN(isa 9, 0x78) info 0x1 0x2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vmx),   cmocka_unit_test(test_svm),    cmocka_unit_test(test_kvm),
		cmocka_unit_test(test_names), cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests_name("kb", tests, NULL, NULL);
}
