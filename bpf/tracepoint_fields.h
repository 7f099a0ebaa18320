/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The fields of tracepoints that the programs read, one list for both sides. Where a field
 * lies differs between kernels, within a stable series even: the recorder reads it from
 * tracefs' `format` files and hands it to the programs before they are loaded.
 */
#ifndef KVMTREE_TRACEPOINT_FIELDS_H
#define KVMTREE_TRACEPOINT_FIELDS_H

/* E(event): one tracepoint of the kvm system, served by the program on_EVENT. */
#define KVMTREE_TP_EVENTS(E)                                                                     \
	E(kvm_entry) E(kvm_exit) E(kvm_userspace_exit) E(kvm_pio) E(kvm_mmio) E(kvm_msr)         \
	E(kvm_cpuid) E(kvm_page_fault) E(kvm_cr) E(kvm_hypercall)                                \
	E(kvm_inj_virq) E(kvm_inj_exception) E(kvm_apic) E(kvm_apic_ipi) E(kvm_apic_accept_irq)  \
	E(kvm_eoi) E(kvm_vcpu_wakeup) E(kvm_halt_poll_ns) E(kvm_fast_mmio)                       \
	E(kvm_ple_window_update) E(kvm_set_irq)

/* F(event, field as the kernel names it); where kernels differ, each name */
#define KVMTREE_TP_FIELDS(F)                                                                     \
	F(kvm_entry, vcpu_id) F(kvm_entry, rip)                                                  \
	F(kvm_exit, exit_reason) F(kvm_exit, guest_rip) F(kvm_exit, isa) F(kvm_exit, info1)      \
	F(kvm_exit, info2) F(kvm_exit, intr_info) F(kvm_exit, error_code) F(kvm_exit, vcpu_id)   \
	F(kvm_userspace_exit, reason) F(kvm_userspace_exit, errno)                               \
	F(kvm_pio, rw) F(kvm_pio, port) F(kvm_pio, size) F(kvm_pio, count) F(kvm_pio, val)       \
	F(kvm_mmio, type) F(kvm_mmio, len) F(kvm_mmio, gpa) F(kvm_mmio, val)                     \
	F(kvm_msr, write) F(kvm_msr, ecx) F(kvm_msr, data) F(kvm_msr, exception)                 \
	F(kvm_cpuid, function) F(kvm_cpuid, index) F(kvm_cpuid, rax) F(kvm_cpuid, rbx)           \
	F(kvm_cpuid, rcx) F(kvm_cpuid, rdx) F(kvm_cpuid, found)                                  \
	F(kvm_page_fault, guest_rip) F(kvm_page_fault, fault_address)                            \
	F(kvm_page_fault, error_code)                                                            \
	F(kvm_cr, rw) F(kvm_cr, cr) F(kvm_cr, val)                                               \
	F(kvm_hypercall, nr) F(kvm_hypercall, a0) F(kvm_hypercall, a1) F(kvm_hypercall, a2)      \
	F(kvm_hypercall, a3)                                                                     \
	F(kvm_inj_virq, vector) F(kvm_inj_virq, irq) F(kvm_inj_virq, soft)                       \
	F(kvm_inj_virq, reinjected)                                                              \
	F(kvm_inj_exception, exception) F(kvm_inj_exception, has_error)                          \
	F(kvm_inj_exception, error_code) F(kvm_inj_exception, reinjected)                        \
	F(kvm_apic, rw) F(kvm_apic, reg) F(kvm_apic, val)                                        \
	F(kvm_apic_ipi, icr_low) F(kvm_apic_ipi, dest_id)                                        \
	F(kvm_apic_accept_irq, apicid) F(kvm_apic_accept_irq, dm) F(kvm_apic_accept_irq, tm)     \
	F(kvm_apic_accept_irq, vec)                                                              \
	F(kvm_eoi, apicid) F(kvm_eoi, vector)                                                    \
	F(kvm_vcpu_wakeup, ns) F(kvm_vcpu_wakeup, waited) F(kvm_vcpu_wakeup, valid)              \
	F(kvm_halt_poll_ns, new) F(kvm_halt_poll_ns, old)                                        \
	F(kvm_fast_mmio, gpa)                                                                    \
	F(kvm_ple_window_update, new) F(kvm_ple_window_update, old)                              \
	F(kvm_set_irq, gsi) F(kvm_set_irq, level)

enum tp_event {
#define TP_EVENT_ROW(event) TPE_##event,
	KVMTREE_TP_EVENTS(TP_EVENT_ROW)
#undef TP_EVENT_ROW
	TP_EVENT_CNT
};

enum tp_field {
#define TP_FIELD_ROW(event, field) TP_##event##_##field,
	KVMTREE_TP_FIELDS(TP_FIELD_ROW)
#undef TP_FIELD_ROW
	TP_FIELD_CNT
};

/* Where a field lies in the event's bytes; size 0: this kernel does not have it. */
struct tp_place {
	__u16 offset;
	__u16 size;
};

/* All events that we read fit in this. */
#define TP_BYTES_MAX 96

#endif
