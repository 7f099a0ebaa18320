/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Structures of ioctls, made with the kernel's own headers, in the tree's line and as JSON. */
#include <errno.h>
#include <linux/kvm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/ioctl_data.h"
#include "trace-viewer/ioctl_layout.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/kb.h"

static void check(uint32_t cmd, const void *data, uint32_t sz, const char *expected)
{
	struct node_ioctl io = { .cmd = cmd, .data = (uint8_t *)data, .data_sz = sz };
	struct text t;

	text_clear(&t);
	ioctl_add_args(&t, &io);
	assert_string_equal(t.at, expected);
}

#define CHECK(cmd, structure, expected) check(cmd, &(structure), sizeof(structure), expected)

static void test_memory(void **state)
{
	struct kvm_userspace_memory_region r = {
		.slot = 3, .guest_phys_addr = 0x100000000, .memory_size = 3 << 20,
		.flags = KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY,
	};
	struct kvm_clear_dirty_log clear = { .slot = 1, .first_page = 0x40, .num_pages = 64 };

	(void)state;
	CHECK(KVM_SET_USER_MEMORY_REGION, r, " slot=3 gpa=0x100000000 size=3 MiB log-dirty read-only");
	r.flags = 0x10;
	CHECK(KVM_SET_USER_MEMORY_REGION, r, " slot=3 gpa=0x100000000 size=3 MiB flags=0x10");
	CHECK(KVM_CLEAR_DIRTY_LOG, clear, " slot=1 page=0x40 count=64");
}

static void test_registers(void **state)
{
	struct kvm_regs regs = { .rip = 0xfff0, .rsp = 0x7000, .rflags = 2 };
	struct kvm_sregs sregs = { .cs = { .selector = 8 }, .cr0 = 0x80000011, .cr3 = 0x2000, .cr4 = 0x20,
				   .efer = 0x500 };
	struct kvm_mp_state halted = { KVM_MP_STATE_HALTED };
	struct kvm_guest_debug debug = { .control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
						    KVM_GUESTDBG_BLOCKIRQ };
	struct kvm_vcpu_events events = { .interrupt = { .injected = 1, .nr = 32 },
					  .flags = KVM_VCPUEVENT_VALID_SHADOW };

	(void)state;
	CHECK(KVM_SET_REGS, regs, " rip=0xfff0 rsp=0x7000 rflags=0x2");
	CHECK(KVM_GET_SREGS, sregs, " cs=0x8 cr0=0x80000011 cr3=0x2000 cr4=0x20 efer=0x500");
	/* old recordings have the first 64 bytes only: half of a line would mislead */
	check(KVM_SET_SREGS, &sregs, 64, "");
	CHECK(KVM_SET_MP_STATE, halted, " halted");
	CHECK(KVM_SET_GUEST_DEBUG, debug, " enable single-step block-irq");
	CHECK(KVM_SET_VCPU_EVENTS, events, " shadow interrupt=1");
}

static void test_lists(void **state)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entries[5];
	} msrs = { .head.nmsrs = 5, .entries = { { .index = 0xc0000080, .data = 0x500 }, { .index = 0x1234 } } };
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[2];
	} cpuid = { .head.nent = 2 };

	(void)state;
	CHECK(KVM_SET_MSRS, msrs, " count=5: EFER=0x500, 0x1234=0x0, 0x0=0x0, ...");
	/* it says that there are more than were recorded */
	msrs.head.nmsrs = 0xffffffff;
	check(KVM_SET_MSRS, &msrs, 24, " count=4294967295: EFER=0x500, ...");
	CHECK(KVM_SET_CPUID2, cpuid, " entries=2");
}

static void test_interrupts(void **state)
{
	struct kvm_lapic_state lapic = { .regs = { [0x20] = 1, [0xf0] = 0x7f, [0xf1] = 1, [0x351] = 7 } };
	struct kvm_irqchip chip = { .chip_id = 2 };
	struct kvm_ioeventfd event = { .addr = 0xd0000050, .len = 4, .fd = 11,
				       .flags = KVM_IOEVENTFD_FLAG_DATAMATCH };
	struct kvm_irqfd irqfd = { .fd = 12, .gsi = 5, .flags = KVM_IRQFD_FLAG_DEASSIGN };
	struct kvm_irq_level level = { .irq = 4, .level = 1 };
	struct kvm_enable_cap cap = { .cap = KVM_CAP_X86_USER_SPACE_MSR, .args = { 7 } };

	(void)state;
	CHECK(KVM_SET_LAPIC, lapic, " id=0x1 svr=0x17f lint0=0x700 lint1=0x0");
	CHECK(KVM_GET_IRQCHIP, chip, " IOAPIC");
	CHECK(KVM_IOEVENTFD, event, " at=0xd0000050 len=4 fd=11 datamatch");
	CHECK(KVM_IRQFD, irqfd, " gsi=5 fd=12 deassign");
	CHECK(KVM_IRQ_LINE, level, " irq=4 level=1");
	CHECK(KVM_ENABLE_CAP, cap, " KVM_CAP_X86_USER_SPACE_MSR arg=0x7");
}

static char *json_of(uint32_t cmd, const void *data, uint32_t sz)
{
	struct node_ioctl io = { .cmd = cmd, .data = (uint8_t *)data, .data_sz = sz };
	char *text = NULL;
	size_t text_sz;
	struct json j = { .file = open_memstream(&text, &text_sz) };

	assert_non_null(j.file);
	ioctl_data_json(&j, NULL, &io);
	fclose(j.file);
	return text;
}

static void test_json(void **state)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entries[1];
	} msrs = { .head.nmsrs = 1, .entries = { { .index = 0xc0000080, .data = 0x500 } } };
	struct kvm_irqchip chip = { .chip_id = 0, .chip.pic = { .imr = 0xfb, .irq_base = 0x20 } };
	char *text = json_of(KVM_SET_MSRS, &msrs, sizeof(msrs));

	(void)state;
	assert_string_equal(text, "{\"type\":\"kvm_msrs\",\"nmsrs\":1,"
				  "\"list\":[{\"index\":\"0xc0000080\",\"data\":\"0x500\"}]}");
	free(text);
	text = json_of(KVM_GET_IRQCHIP, &chip, sizeof(chip));
	assert_non_null(strstr(text, "\"chip.pic.imr\":\"0xfb\""));
	assert_null(strstr(text, "ioapic")); /* the other half of the union */
	free(text);
	text = json_of(KVM_CREATE_VCPU, &chip, sizeof(chip));
	assert_string_equal(text, "null");
	free(text);
}

/* Every row stays inside of its structure and of what was recorded, and its ioctl has a name. */
static void test_rows(void **state)
{
	const struct ioctl_layout *layout;

	(void)state;
	for (uint32_t i = 0; (layout = ioctl_layout_row(i)); i++) {
		assert_non_null(kb_ioctl_name(layout->cmd));
		assert_ptr_equal(ioctl_layout(layout->cmd), layout); /* none is there twice */
		for (uint32_t k = 0; k < layout->field_cnt; k++) {
			const struct ioctl_field *f = &layout->fields[k];

			assert_true(f->offset + f->size <= layout->size);
			for (uint32_t m = 0; m < k; m++)
				assert_string_not_equal(f->name, layout->fields[m].name);
		}
		for (uint32_t k = 0; k < layout->entry_field_cnt; k++)
			assert_true(layout->entry_fields[k].offset + layout->entry_fields[k].size <=
				    layout->entry_size);
		for (uint32_t sz = 0; sz <= layout->size + 100u; sz += 3) {
			uint8_t *data = malloc(sz ? sz : 1); /* a sanitizer sees a byte too many */

			assert_non_null(data);
			memset(data, (int)(sz * 37), sz);
			free(json_of(layout->cmd, data, sz));
			free(data);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),	   cmocka_unit_test(test_registers),
		cmocka_unit_test(test_lists),	   cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_json),	   cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests_name("ioctl_data", tests, NULL, NULL);
}
