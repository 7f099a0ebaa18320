/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The structures of KVM's ioctls, from <linux/kvm.h> and <asm/kvm.h>: fields in the order of reading. */
#include "trace-viewer/ioctl_layout.h"

#include <linux/kvm.h>
#include <stddef.h>

#define SIZE_OF(type, field) sizeof(((struct type *)0)->field)
#define AT(type, field)	     .name = #field, .offset = offsetof(struct type, field), .size = SIZE_OF(type, field)
#define CNT(words)	     (sizeof(words) / sizeof((words)[0]))

/* H: hexadecimal, N: number, S: signed; a label puts the field into the tree. */
#define H(type, field)		  { AT(type, field), .form = FORM_HEX }
#define HL(type, field, text)	  { AT(type, field), .form = FORM_HEX, .label = text }
#define HSET(type, field, text)	  { AT(type, field), .form = FORM_HEX, .label = text, .when_set = true }
#define N(type, field)		  { AT(type, field), .form = FORM_NUMBER }
#define NL(type, field, text)	  { AT(type, field), .form = FORM_NUMBER, .label = text }
#define NSET(type, field, text)	  { AT(type, field), .form = FORM_NUMBER, .label = text, .when_set = true }
#define SL(type, field, text)	  { AT(type, field), .form = FORM_SIGNED, .label = text }
#define FLAGS(type, field, of)	  { AT(type, field), .form = FORM_FLAGS, .label = "", .words = of, .word_cnt = CNT(of) }
#define WORD(type, field, of)	  { AT(type, field), .form = FORM_WORD, .label = "", .words = of, .word_cnt = CNT(of) }
#define ONLY(type, field, values) { AT(type, field), .form = FORM_HEX, .only = values }

/* --- memory --------------------------------------------------------------------- */

static const char *const memory_flags[] = { "log-dirty", "read-only", "guest-memfd" };

static const struct ioctl_field memory_region[] = {
	NL(kvm_userspace_memory_region, slot, "slot"),
	HL(kvm_userspace_memory_region, guest_phys_addr, "gpa"),
	{ AT(kvm_userspace_memory_region, memory_size), .form = FORM_BYTES, .label = "size" },
	FLAGS(kvm_userspace_memory_region, flags, memory_flags),
	H(kvm_userspace_memory_region, userspace_addr),
};

static const struct ioctl_field dirty_log[] = { NL(kvm_dirty_log, slot, "slot") };
static const struct ioctl_field clear_dirty_log[] = {
	NL(kvm_clear_dirty_log, slot, "slot"),
	HL(kvm_clear_dirty_log, first_page, "page"),
	NL(kvm_clear_dirty_log, num_pages, "count"),
};

static const struct ioctl_field coalesced[] = {
	HL(kvm_coalesced_mmio_zone, addr, "at"),
	NL(kvm_coalesced_mmio_zone, size, "size"),
	NSET(kvm_coalesced_mmio_zone, pio, "pio"),
};

/* --- registers ------------------------------------------------------------------- */

static const struct ioctl_field regs[] = {
	HL(kvm_regs, rip, "rip"), HL(kvm_regs, rsp, "rsp"), HL(kvm_regs, rflags, "rflags"),
	H(kvm_regs, rax), H(kvm_regs, rbx), H(kvm_regs, rcx), H(kvm_regs, rdx), H(kvm_regs, rsi),
	H(kvm_regs, rdi), H(kvm_regs, rbp), H(kvm_regs, r8), H(kvm_regs, r9), H(kvm_regs, r10),
	H(kvm_regs, r11), H(kvm_regs, r12), H(kvm_regs, r13), H(kvm_regs, r14), H(kvm_regs, r15),
};

/* without the selector: that of CS is in the tree */
#define SEGMENT_HIDDEN(seg)                                                                      \
	H(kvm_sregs, seg.base), H(kvm_sregs, seg.limit), H(kvm_sregs, seg.type),          \
		N(kvm_sregs, seg.present), N(kvm_sregs, seg.dpl), N(kvm_sregs, seg.db),          \
		N(kvm_sregs, seg.s), N(kvm_sregs, seg.l), N(kvm_sregs, seg.g),                   \
		N(kvm_sregs, seg.avl), N(kvm_sregs, seg.unusable)
#define SEGMENT(seg) H(kvm_sregs, seg.selector), SEGMENT_HIDDEN(seg)

static const struct ioctl_field sregs[] = {
	HL(kvm_sregs, cs.selector, "cs"), HL(kvm_sregs, cr0, "cr0"), HL(kvm_sregs, cr3, "cr3"),
	HL(kvm_sregs, cr4, "cr4"), HL(kvm_sregs, efer, "efer"), H(kvm_sregs, cr2), H(kvm_sregs, cr8),
	H(kvm_sregs, apic_base), H(kvm_sregs, gdt.base), H(kvm_sregs, gdt.limit),
	H(kvm_sregs, idt.base), H(kvm_sregs, idt.limit), H(kvm_sregs, interrupt_bitmap[0]),
	H(kvm_sregs, interrupt_bitmap[1]), H(kvm_sregs, interrupt_bitmap[2]),
	H(kvm_sregs, interrupt_bitmap[3]), SEGMENT_HIDDEN(cs), SEGMENT(ds), SEGMENT(es), SEGMENT(fs),
	SEGMENT(gs), SEGMENT(ss), SEGMENT(tr), SEGMENT(ldt),
};

static const struct ioctl_field fpu[] = {
	HL(kvm_fpu, fcw, "fcw"), HL(kvm_fpu, mxcsr, "mxcsr"), H(kvm_fpu, fsw), H(kvm_fpu, ftwx),
	H(kvm_fpu, last_opcode), H(kvm_fpu, last_ip), H(kvm_fpu, last_dp),
};

static const struct ioctl_field debugregs[] = {
	HL(kvm_debugregs, dr7, "dr7"), H(kvm_debugregs, dr6), H(kvm_debugregs, db[0]),
	H(kvm_debugregs, db[1]), H(kvm_debugregs, db[2]), H(kvm_debugregs, db[3]), H(kvm_debugregs, flags),
};

static const struct ioctl_field xcrs[] = {
	HL(kvm_xcrs, xcrs[0].value, "xcr0"), N(kvm_xcrs, nr_xcrs), H(kvm_xcrs, flags),
};

static const char *const event_flags[] = {
	"nmi-pending", "sipi-vector", "shadow", "smm", "payload", "triple-fault",
};

static const struct ioctl_field vcpu_events[] = {
	FLAGS(kvm_vcpu_events, flags, event_flags),
	NSET(kvm_vcpu_events, exception.injected, "exception"), N(kvm_vcpu_events, exception.nr),
	N(kvm_vcpu_events, exception.has_error_code), N(kvm_vcpu_events, exception.pending),
	H(kvm_vcpu_events, exception.error_code),
	NSET(kvm_vcpu_events, interrupt.injected, "interrupt"), N(kvm_vcpu_events, interrupt.nr),
	N(kvm_vcpu_events, interrupt.soft), H(kvm_vcpu_events, interrupt.shadow),
	NSET(kvm_vcpu_events, nmi.injected, "nmi"), N(kvm_vcpu_events, nmi.pending),
	N(kvm_vcpu_events, nmi.masked), N(kvm_vcpu_events, sipi_vector),
	N(kvm_vcpu_events, smi.smm), N(kvm_vcpu_events, smi.pending),
};

static const char *const mp_states[] = {
	"runnable", "uninitialized", "init-received", "halted", "sipi-received", "stopped",
	"check-stop", "operating", "load", "reset-hold", "suspended",
};

static const struct ioctl_field mp_state[] = { WORD(kvm_mp_state, mp_state, mp_states) };

static const char *const debug_flags[] = {
	[0] = "enable",	     [1] = "single-step", [16] = "software-breakpoints",
	[17] = "hardware-breakpoints", [18] = "inject-db", [19] = "inject-bp", [20] = "block-irq",
};

static const struct ioctl_field guest_debug[] = {
	FLAGS(kvm_guest_debug, control, debug_flags),
	H(kvm_guest_debug, arch.debugreg[0]), H(kvm_guest_debug, arch.debugreg[1]),
	H(kvm_guest_debug, arch.debugreg[2]), H(kvm_guest_debug, arch.debugreg[3]),
	H(kvm_guest_debug, arch.debugreg[6]), H(kvm_guest_debug, arch.debugreg[7]),
};

static const struct ioctl_field translation[] = {
	HL(kvm_translation, linear_address, "linear"), HL(kvm_translation, physical_address, "gpa"),
	N(kvm_translation, valid), N(kvm_translation, writeable), N(kvm_translation, usermode),
};

static const struct ioctl_field msrs[] = { NL(kvm_msrs, nmsrs, "count") };
static const struct ioctl_field msr_entry[] = {
	{ AT(kvm_msr_entry, index), .form = FORM_MSR, .label = "" },
	HL(kvm_msr_entry, data, ""),
};

static const struct ioctl_field msr_list[] = { NL(kvm_msr_list, nmsrs, "count") };
static const struct ioctl_field msr_index[] = {
	{ .name = "index", .offset = 0, .size = 4, .form = FORM_MSR },
};

static const struct ioctl_field cpuid[] = { NL(kvm_cpuid2, nent, "entries") };
static const struct ioctl_field cpuid_entry[] = {
	H(kvm_cpuid_entry2, function), N(kvm_cpuid_entry2, index), H(kvm_cpuid_entry2, flags),
	H(kvm_cpuid_entry2, eax), H(kvm_cpuid_entry2, ebx), H(kvm_cpuid_entry2, ecx),
	H(kvm_cpuid_entry2, edx),
};

static const struct ioctl_field one_reg[] = { HL(kvm_one_reg, id, "id"), H(kvm_one_reg, addr) };

/* --- interrupts ------------------------------------------------------------------- */

/* A register of the local APIC by its offset. */
#define APIC(what, at, text) { .name = what, .offset = at, .size = 4, .form = FORM_HEX, .label = text }

static const struct ioctl_field lapic[] = {
	APIC("id", 0x20, "id"), APIC("svr", 0xf0, "svr"), APIC("version", 0x30, NULL),
	APIC("tpr", 0x80, NULL), APIC("ppr", 0xa0, NULL), APIC("ldr", 0xd0, NULL),
	APIC("dfr", 0xe0, NULL), APIC("esr", 0x280, NULL), APIC("icr", 0x300, NULL),
	APIC("icr2", 0x310, NULL), APIC("lvt_timer", 0x320, NULL), APIC("lvt_thermal", 0x330, NULL),
	APIC("lvt_pmc", 0x340, NULL), APIC("lvt_lint0", 0x350, "lint0"),
	APIC("lvt_lint1", 0x360, "lint1"), APIC("lvt_error", 0x370, NULL),
	APIC("timer_initial", 0x380, NULL), APIC("timer_current", 0x390, NULL),
	APIC("timer_divide", 0x3e0, NULL),
};

static const char *const chips[] = { "PIC 1", "PIC 2", "IOAPIC" };
enum { PICS = 1 << 0 | 1 << 1, IOAPIC = 1 << 2 };

static const struct ioctl_field irqchip[] = {
	WORD(kvm_irqchip, chip_id, chips),
	ONLY(kvm_irqchip, chip.pic.irr, PICS), ONLY(kvm_irqchip, chip.pic.imr, PICS),
	ONLY(kvm_irqchip, chip.pic.isr, PICS), ONLY(kvm_irqchip, chip.pic.irq_base, PICS),
	ONLY(kvm_irqchip, chip.pic.elcr, PICS), ONLY(kvm_irqchip, chip.pic.init_state, PICS),
	ONLY(kvm_irqchip, chip.ioapic.base_address, IOAPIC), ONLY(kvm_irqchip, chip.ioapic.id, IOAPIC),
	ONLY(kvm_irqchip, chip.ioapic.irr, IOAPIC),
#define REDIRECTION(n) ONLY(kvm_irqchip, chip.ioapic.redirtbl[n].bits, IOAPIC)
	REDIRECTION(0), REDIRECTION(1), REDIRECTION(2), REDIRECTION(3), REDIRECTION(4),
	REDIRECTION(5), REDIRECTION(6), REDIRECTION(7), REDIRECTION(8), REDIRECTION(9),
	REDIRECTION(10), REDIRECTION(11), REDIRECTION(12), REDIRECTION(13), REDIRECTION(14),
	REDIRECTION(15), REDIRECTION(16), REDIRECTION(17), REDIRECTION(18), REDIRECTION(19),
	REDIRECTION(20), REDIRECTION(21), REDIRECTION(22), REDIRECTION(23),
};

static const char *const pit_flags[] = { "no-speaker" };
static const struct ioctl_field pit_config[] = { FLAGS(kvm_pit_config, flags, pit_flags) };

#define CHANNEL(n)                                                                               \
	N(kvm_pit_state2, channels[n].count), N(kvm_pit_state2, channels[n].mode),               \
		N(kvm_pit_state2, channels[n].gate), N(kvm_pit_state2, channels[n].bcd)
static const struct ioctl_field pit[] = {
	CHANNEL(0), CHANNEL(1), CHANNEL(2), H(kvm_pit_state2, flags),
};

static const char *const ioeventfd_flags[] = { "datamatch", "pio", "deassign", "virtio-ccw" };
static const struct ioctl_field ioeventfd[] = {
	HL(kvm_ioeventfd, addr, "at"), NL(kvm_ioeventfd, len, "len"), SL(kvm_ioeventfd, fd, "fd"),
	FLAGS(kvm_ioeventfd, flags, ioeventfd_flags), H(kvm_ioeventfd, datamatch),
};

static const char *const irqfd_flags[] = { "deassign", "resample" };
static const struct ioctl_field irqfd[] = {
	NL(kvm_irqfd, gsi, "gsi"), NL(kvm_irqfd, fd, "fd"), FLAGS(kvm_irqfd, flags, irqfd_flags),
	N(kvm_irqfd, resamplefd),
};

static const struct ioctl_field irq_level[] = {
	NL(kvm_irq_level, irq, "irq"), NL(kvm_irq_level, level, "level"),
};

static const struct ioctl_field interrupt[] = { NL(kvm_interrupt, irq, "vector") };

static const struct ioctl_field msi[] = {
	HL(kvm_msi, address_lo, "at"), H(kvm_msi, address_hi), HL(kvm_msi, data, "data"),
	H(kvm_msi, flags), H(kvm_msi, devid),
};

static const char *const route_types[] = {
	[1] = "irqchip", [2] = "msi", [3] = "s390-adapter", [4] = "hyperv-sint", [5] = "xen-evtchn",
};
static const struct ioctl_field routing[] = { NL(kvm_irq_routing, nr, "routes"), H(kvm_irq_routing, flags) };
static const struct ioctl_field route[] = {
	N(kvm_irq_routing_entry, gsi),
	{ AT(kvm_irq_routing_entry, type), .form = FORM_WORD, .words = route_types, .word_cnt = CNT(route_types) },
	H(kvm_irq_routing_entry, flags),
	/* of an irqchip: which, and its pin; of an MSI: where it writes, and what */
	{ .name = "chip_or_address_lo", .offset = offsetof(struct kvm_irq_routing_entry, u), .size = 4, .form = FORM_HEX },
	{ .name = "pin_or_address_hi", .offset = offsetof(struct kvm_irq_routing_entry, u) + 4, .size = 4, .form = FORM_HEX },
	{ .name = "data", .offset = offsetof(struct kvm_irq_routing_entry, u) + 8, .size = 4, .form = FORM_HEX },
};

static const struct ioctl_field reinject[] = { NL(kvm_reinject_control, pit_reinject, "pit") };
static const struct ioctl_field tpr[] = { NL(kvm_tpr_access_ctl, enabled, "enabled"), H(kvm_tpr_access_ctl, flags) };
static const struct ioctl_field vapic[] = { HL(kvm_vapic_addr, vapic_addr, "gpa") };

/* --- the rest --------------------------------------------------------------------- */

static const struct ioctl_field enable_cap[] = {
	{ AT(kvm_enable_cap, cap), .form = FORM_CAPABILITY, .label = "" },
	HSET(kvm_enable_cap, args[0], "arg"), H(kvm_enable_cap, flags), H(kvm_enable_cap, args[1]),
	H(kvm_enable_cap, args[2]), H(kvm_enable_cap, args[3]),
};

static const char *const clock_flags[] = { [1] = "tsc-stable", [2] = "realtime", [3] = "host-tsc" };
static const struct ioctl_field clock_data[] = {
	NL(kvm_clock_data, clock, "ns"), FLAGS(kvm_clock_data, flags, clock_flags),
};

static const struct ioctl_field device[] = {
	NL(kvm_create_device, type, "type"), N(kvm_create_device, fd), H(kvm_create_device, flags),
};

static const struct ioctl_field device_attr[] = {
	NL(kvm_device_attr, group, "group"), HL(kvm_device_attr, attr, "attr"), H(kvm_device_attr, addr),
	H(kvm_device_attr, flags),
};

static const struct ioctl_field signal_mask[] = { N(kvm_signal_mask, len) };

static const char *const filter_flags[] = { "deny" };
static const struct ioctl_field msr_filter[] = { FLAGS(kvm_msr_filter, flags, filter_flags) };
static const char *const range_flags[] = { "read", "write" };
static const struct ioctl_field msr_range[] = {
	{ AT(kvm_msr_filter_range, base), .form = FORM_MSR }, N(kvm_msr_filter_range, nmsrs),
	{ AT(kvm_msr_filter_range, flags), .form = FORM_FLAGS, .words = range_flags, .word_cnt = CNT(range_flags) },
	H(kvm_msr_filter_range, bitmap),
};

static const struct ioctl_field u64[] = {
	{ .name = "value", .offset = 0, .size = 8, .form = FORM_HEX, .label = "" },
};

/* --- rows ------------------------------------------------------------------------- */

#define ROW(number, of, list)                                                                    \
	{ .cmd = number, .type = #of, .size = sizeof(struct of), .fields = list, .field_cnt = CNT(list) }
#define ROW_MANY(number, of, list, entry, entries)                                               \
	{ .cmd = number, .type = #of, .size = sizeof(struct of), .fields = list,                 \
	  .field_cnt = CNT(list), .entry_fields = entries, .entry_field_cnt = CNT(entries),      \
	  .entry_offset = sizeof(struct of), .entry_size = sizeof(entry) }

static const struct ioctl_layout rows[] = {
	ROW(KVM_SET_USER_MEMORY_REGION, kvm_userspace_memory_region, memory_region),
	/* the newer form begins as the older one does; headers of the day may not have it */
	{ .cmd = 0x40a0ae49, .type = "kvm_userspace_memory_region2", .fields = memory_region,
	  .size = sizeof(struct kvm_userspace_memory_region), .field_cnt = CNT(memory_region) },
	ROW(KVM_GET_DIRTY_LOG, kvm_dirty_log, dirty_log),
	ROW(KVM_CLEAR_DIRTY_LOG, kvm_clear_dirty_log, clear_dirty_log),
	ROW(KVM_REGISTER_COALESCED_MMIO, kvm_coalesced_mmio_zone, coalesced),
	ROW(KVM_UNREGISTER_COALESCED_MMIO, kvm_coalesced_mmio_zone, coalesced),
	ROW(KVM_GET_REGS, kvm_regs, regs), ROW(KVM_SET_REGS, kvm_regs, regs),
	ROW(KVM_GET_SREGS, kvm_sregs, sregs), ROW(KVM_SET_SREGS, kvm_sregs, sregs),
	ROW(KVM_GET_FPU, kvm_fpu, fpu), ROW(KVM_SET_FPU, kvm_fpu, fpu),
	ROW(KVM_GET_DEBUGREGS, kvm_debugregs, debugregs), ROW(KVM_SET_DEBUGREGS, kvm_debugregs, debugregs),
	ROW(KVM_GET_XCRS, kvm_xcrs, xcrs), ROW(KVM_SET_XCRS, kvm_xcrs, xcrs),
	ROW(KVM_GET_VCPU_EVENTS, kvm_vcpu_events, vcpu_events),
	ROW(KVM_SET_VCPU_EVENTS, kvm_vcpu_events, vcpu_events),
	ROW(KVM_GET_MP_STATE, kvm_mp_state, mp_state), ROW(KVM_SET_MP_STATE, kvm_mp_state, mp_state),
	ROW(KVM_SET_GUEST_DEBUG, kvm_guest_debug, guest_debug),
	ROW(KVM_TRANSLATE, kvm_translation, translation),
	ROW_MANY(KVM_GET_MSRS, kvm_msrs, msrs, struct kvm_msr_entry, msr_entry),
	ROW_MANY(KVM_SET_MSRS, kvm_msrs, msrs, struct kvm_msr_entry, msr_entry),
	ROW_MANY(KVM_GET_MSR_INDEX_LIST, kvm_msr_list, msr_list, __u32, msr_index),
	ROW_MANY(KVM_GET_MSR_FEATURE_INDEX_LIST, kvm_msr_list, msr_list, __u32, msr_index),
	ROW_MANY(KVM_GET_SUPPORTED_CPUID, kvm_cpuid2, cpuid, struct kvm_cpuid_entry2, cpuid_entry),
	ROW_MANY(KVM_GET_EMULATED_CPUID, kvm_cpuid2, cpuid, struct kvm_cpuid_entry2, cpuid_entry),
	ROW_MANY(KVM_GET_CPUID2, kvm_cpuid2, cpuid, struct kvm_cpuid_entry2, cpuid_entry),
	ROW_MANY(KVM_SET_CPUID2, kvm_cpuid2, cpuid, struct kvm_cpuid_entry2, cpuid_entry),
	ROW(KVM_GET_ONE_REG, kvm_one_reg, one_reg), ROW(KVM_SET_ONE_REG, kvm_one_reg, one_reg),
	ROW(KVM_GET_LAPIC, kvm_lapic_state, lapic), ROW(KVM_SET_LAPIC, kvm_lapic_state, lapic),
	ROW(KVM_GET_IRQCHIP, kvm_irqchip, irqchip), ROW(KVM_SET_IRQCHIP, kvm_irqchip, irqchip),
	ROW(KVM_CREATE_PIT2, kvm_pit_config, pit_config),
	ROW(KVM_GET_PIT2, kvm_pit_state2, pit), ROW(KVM_SET_PIT2, kvm_pit_state2, pit),
	ROW(KVM_IOEVENTFD, kvm_ioeventfd, ioeventfd), ROW(KVM_IRQFD, kvm_irqfd, irqfd),
	ROW(KVM_IRQ_LINE, kvm_irq_level, irq_level), ROW(KVM_IRQ_LINE_STATUS, kvm_irq_level, irq_level),
	ROW(KVM_INTERRUPT, kvm_interrupt, interrupt), ROW(KVM_SIGNAL_MSI, kvm_msi, msi),
	ROW_MANY(KVM_SET_GSI_ROUTING, kvm_irq_routing, routing, struct kvm_irq_routing_entry, route),
	ROW(KVM_REINJECT_CONTROL, kvm_reinject_control, reinject),
	ROW(KVM_TPR_ACCESS_REPORTING, kvm_tpr_access_ctl, tpr), ROW(KVM_SET_VAPIC_ADDR, kvm_vapic_addr, vapic),
	ROW(KVM_ENABLE_CAP, kvm_enable_cap, enable_cap),
	ROW(KVM_GET_CLOCK, kvm_clock_data, clock_data), ROW(KVM_SET_CLOCK, kvm_clock_data, clock_data),
	ROW(KVM_CREATE_DEVICE, kvm_create_device, device),
	ROW(KVM_SET_DEVICE_ATTR, kvm_device_attr, device_attr),
	ROW(KVM_GET_DEVICE_ATTR, kvm_device_attr, device_attr),
	ROW(KVM_HAS_DEVICE_ATTR, kvm_device_attr, device_attr),
	ROW(KVM_SET_SIGNAL_MASK, kvm_signal_mask, signal_mask),
	{ .cmd = KVM_X86_SET_MSR_FILTER, .type = "kvm_msr_filter", .size = sizeof(struct kvm_msr_filter),
	  .fields = msr_filter, .field_cnt = CNT(msr_filter), .entry_fields = msr_range,
	  .entry_field_cnt = CNT(msr_range), .entry_offset = offsetof(struct kvm_msr_filter, ranges),
	  .entry_size = sizeof(struct kvm_msr_filter_range), .entry_cnt = KVM_MSR_FILTER_MAX_RANGES },
	{ .cmd = KVM_SET_IDENTITY_MAP_ADDR, .type = "u64", .size = 8, .fields = u64, .field_cnt = CNT(u64) },
};

const struct ioctl_layout *ioctl_layout_row(uint32_t i)
{
	return i < CNT(rows) ? &rows[i] : NULL;
}

const struct ioctl_layout *ioctl_layout(uint32_t cmd)
{
	for (size_t i = 0; i < CNT(rows); i++)
		if (rows[i].cmd == cmd)
			return &rows[i];
	return NULL;
}
