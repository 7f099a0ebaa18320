/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* KVM's tracepoints: entries, exits, and the details of exits. */
#ifndef KVMTREE_EVENTS_BPF_H
#define KVMTREE_EVENTS_BPF_H

#include "bpf/sched.bpf.h"
#include "bpf/tracepoint.bpf.h"

/*
 * TP_PROGRAM(event, record) { set the record's fields from tp_value }
 * makes the program on_EVENT; the event's bytes are read in one go. TP_PROGRAM_ANYWHERE is for events
 * that also happen in interrupts, and in threads that only happen to be there.
 */
#define TP_PROGRAM(event, record) TP_PROGRAM_OF(event, record, -1)

/* One that says of which vCPU it is: an expression of `tp`. */
#define TP_PROGRAM_OF(event, record, vcpu_id)                                                    \
	TP_PROGRAM_BY(event, record, is_wanted(pid_tgid), event_is_chosen(pid_tgid, vcpu_id),     \
		      EMIT_RESERVE)

#define TP_PROGRAM_ANYWHERE(event, record)                                                       \
	TP_PROGRAM_BY(event, record, is_traced(pid_tgid), is_heard(pid_tgid), EMIT_RESERVE_ANYWHERE)

#define TP_PROGRAM_BY(event, record, is_its_process, is_chosen, reserve)                         \
	static __always_inline void fill_##event(struct rec_##record *rec,                       \
						 const struct tp_bytes *tp);                     \
	SEC("tracepoint/kvm/" #event)                                                            \
	int on_##event(void *ctx)                                                                \
	{                                                                                        \
		u64 pid_tgid = bpf_get_current_pid_tgid();                                       \
		struct rec_##record *rec;                                                        \
		struct tp_bytes tp;                                                              \
											 \
		if (!(is_its_process))                                                           \
			return TP_PASS_ON;                                                       \
		bpf_probe_read_kernel(&tp, sizeof(tp), ctx);                                     \
		if (is_choosy && !(is_chosen))                                                   \
			return TP_PASS_ON;                                                       \
		rec = reserve(record, pid_tgid);                                                 \
		if (!rec)                                                                        \
			return TP_PASS_ON;                                                       \
		fill_##event(rec, &tp);                                                          \
		emit(rec);                                                                       \
		return TP_PASS_ON;                                                               \
	}                                                                                        \
	static __always_inline void fill_##event(struct rec_##record *rec,                       \
						 const struct tp_bytes *tp)

TP_PROGRAM_OF(kvm_entry, kvm_entry, tp_value(&tp, TP_kvm_entry_vcpu_id))
{
	rec->rip = tp_value(tp, TP_kvm_entry_rip);
	rec->vcpu_id = tp_value(tp, TP_kvm_entry_vcpu_id);
	rec->reserved = 0;
	loop_join((u64)rec->header.tgid << 32 | rec->header.tid);
}

TP_PROGRAM_OF(kvm_exit, kvm_exit, tp_value(&tp, TP_kvm_exit_vcpu_id))
{
	rec->rip = tp_value(tp, TP_kvm_exit_guest_rip);
	rec->info1 = tp_value(tp, TP_kvm_exit_info1);
	rec->info2 = tp_value(tp, TP_kvm_exit_info2);
	rec->reason = tp_value(tp, TP_kvm_exit_exit_reason);
	rec->isa = tp_value(tp, TP_kvm_exit_isa);
	rec->intr_info = tp_value(tp, TP_kvm_exit_intr_info);
	rec->error_code = tp_value(tp, TP_kvm_exit_error_code);
	rec->vcpu_id = tp_value(tp, TP_kvm_exit_vcpu_id);
	rec->reserved = 0;
}

TP_PROGRAM(kvm_userspace_exit, kvm_userspace_exit)
{
	rec->reason = tp_value(tp, TP_kvm_userspace_exit_reason);
	rec->error = tp_value(tp, TP_kvm_userspace_exit_errno);
}

TP_PROGRAM(kvm_pio, kvm_pio)
{
	rec->is_out = tp_value(tp, TP_kvm_pio_rw);
	rec->port = tp_value(tp, TP_kvm_pio_port);
	rec->size = tp_value(tp, TP_kvm_pio_size);
	rec->count = tp_value(tp, TP_kvm_pio_count);
	rec->value = tp_value(tp, TP_kvm_pio_val);
	rec->reserved = 0;
}

TP_PROGRAM(kvm_mmio, kvm_mmio)
{
	rec->gpa = tp_value(tp, TP_kvm_mmio_gpa);
	rec->value = tp_value(tp, TP_kvm_mmio_val);
	rec->type = tp_value(tp, TP_kvm_mmio_type);
	rec->len = tp_value(tp, TP_kvm_mmio_len);
}

TP_PROGRAM(kvm_msr, kvm_msr)
{
	rec->value = tp_value(tp, TP_kvm_msr_data);
	rec->msr = tp_value(tp, TP_kvm_msr_ecx);
	rec->is_write = tp_value(tp, TP_kvm_msr_write);
	rec->is_fault = tp_value(tp, TP_kvm_msr_exception);
	rec->reserved = 0;
}

TP_PROGRAM(kvm_cpuid, kvm_cpuid)
{
	rec->rax = tp_value(tp, TP_kvm_cpuid_rax);
	rec->rbx = tp_value(tp, TP_kvm_cpuid_rbx);
	rec->rcx = tp_value(tp, TP_kvm_cpuid_rcx);
	rec->rdx = tp_value(tp, TP_kvm_cpuid_rdx);
	rec->leaf = tp_value(tp, TP_kvm_cpuid_function);
	rec->subleaf = tp_value(tp, TP_kvm_cpuid_index);
	rec->is_found = tp_value(tp, TP_kvm_cpuid_found);
	rec->reserved = 0;
}

TP_PROGRAM(kvm_page_fault, kvm_page_fault)
{
	rec->rip = tp_value(tp, TP_kvm_page_fault_guest_rip);
	rec->address = tp_value(tp, TP_kvm_page_fault_fault_address);
	rec->error_code = tp_value(tp, TP_kvm_page_fault_error_code);
}

TP_PROGRAM(kvm_cr, kvm_cr)
{
	rec->value = tp_value(tp, TP_kvm_cr_val);
	rec->cr = tp_value(tp, TP_kvm_cr_cr);
	rec->is_write = tp_value(tp, TP_kvm_cr_rw);
}

TP_PROGRAM(kvm_hypercall, kvm_hypercall)
{
	rec->nr = tp_value(tp, TP_kvm_hypercall_nr);
	rec->a0 = tp_value(tp, TP_kvm_hypercall_a0);
	rec->a1 = tp_value(tp, TP_kvm_hypercall_a1);
	rec->a2 = tp_value(tp, TP_kvm_hypercall_a2);
	rec->a3 = tp_value(tp, TP_kvm_hypercall_a3);
}

#endif
