/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* KVM's tracepoints about interrupts and waits: between exits, and what makes a guest go on. */
#ifndef KVMTREE_INTERRUPTS_BPF_H
#define KVMTREE_INTERRUPTS_BPF_H

#include "bpf/events.bpf.h"

TP_PROGRAM(kvm_inj_virq, kvm_inject)
{
	rec->type = REC_INJECT_INTERRUPT;
	rec->vector = tp_value(tp, TP_kvm_inj_virq_vector) + tp_value(tp, TP_kvm_inj_virq_irq);
	rec->error_code = 0;
	rec->inject_flags = (tp_value(tp, TP_kvm_inj_virq_soft) ? REC_INJECT_SOFT : 0) |
			    (tp_value(tp, TP_kvm_inj_virq_reinjected) ? REC_INJECT_AGAIN : 0);
}

TP_PROGRAM(kvm_inj_exception, kvm_inject)
{
	rec->type = REC_INJECT_EXCEPTION;
	rec->vector = tp_value(tp, TP_kvm_inj_exception_exception);
	rec->error_code = tp_value(tp, TP_kvm_inj_exception_error_code);
	rec->inject_flags =
		(tp_value(tp, TP_kvm_inj_exception_has_error) ? REC_INJECT_HAS_ERROR : 0) |
		(tp_value(tp, TP_kvm_inj_exception_reinjected) ? REC_INJECT_AGAIN : 0);
}

TP_PROGRAM(kvm_apic, kvm_apic)
{
	rec->value = tp_value(tp, TP_kvm_apic_val);
	rec->reg = tp_value(tp, TP_kvm_apic_reg);
	rec->is_write = tp_value(tp, TP_kvm_apic_rw);
}

TP_PROGRAM(kvm_apic_ipi, kvm_apic_ipi)
{
	rec->icr_low = tp_value(tp, TP_kvm_apic_ipi_icr_low);
	rec->dest_id = tp_value(tp, TP_kvm_apic_ipi_dest_id);
}

/* A timer of the host may be what delivers it, and interrupts another program in its work. */
TP_PROGRAM_ANYWHERE(kvm_apic_accept_irq, kvm_apic_accept_irq)
{
	rec->apic_id = tp_value(tp, TP_kvm_apic_accept_irq_apicid);
	rec->mode = tp_value(tp, TP_kvm_apic_accept_irq_dm);
	rec->is_level = tp_value(tp, TP_kvm_apic_accept_irq_tm);
	rec->vector = tp_value(tp, TP_kvm_apic_accept_irq_vec);
}

TP_PROGRAM(kvm_eoi, kvm_eoi)
{
	rec->apic_id = tp_value(tp, TP_kvm_eoi_apicid);
	rec->vector = tp_value(tp, TP_kvm_eoi_vector);
}

TP_PROGRAM(kvm_vcpu_wakeup, kvm_vcpu_wakeup)
{
	rec->waited_ns = tp_value(tp, TP_kvm_vcpu_wakeup_ns);
	rec->is_blocked = tp_value(tp, TP_kvm_vcpu_wakeup_waited);
	rec->is_poll_valid = tp_value(tp, TP_kvm_vcpu_wakeup_valid);
}

TP_PROGRAM(kvm_halt_poll_ns, kvm_halt_poll_ns)
{
	rec->new_ns = tp_value(tp, TP_kvm_halt_poll_ns_new);
	rec->old_ns = tp_value(tp, TP_kvm_halt_poll_ns_old);
}

TP_PROGRAM(kvm_fast_mmio, kvm_fast_mmio)
{
	rec->gpa = tp_value(tp, TP_kvm_fast_mmio_gpa);
}

TP_PROGRAM(kvm_ple_window_update, kvm_ple_window)
{
	rec->new_cycles = tp_value(tp, TP_kvm_ple_window_update_new);
	rec->old_cycles = tp_value(tp, TP_kvm_ple_window_update_old);
}

/* Also by a worker of the kernel, who uses no KVM himself and is nobody to trace. */
TP_PROGRAM_ANYWHERE(kvm_set_irq, kvm_set_irq)
{
	rec->gsi = tp_value(tp, TP_kvm_set_irq_gsi);
	rec->level = tp_value(tp, TP_kvm_set_irq_level);
}

#endif
