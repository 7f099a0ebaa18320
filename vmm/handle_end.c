/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the exits after which a vCPU does not go on: its good end, and the bad ones. */
#include <inttypes.h>
#include <stdio.h>

#include "vmm/complain.h"
#include "vmm/entry_rules.h"
#include "vmm/exits.h"
#include "vmm/internal_error.h"
#include "vmm/post_mortem.h"
#include "vmm/status.h"
#include "vmm/walk.h"

/*
 * Seed: handle_halt() -> kvm_arch_halt(); QEMU today: kvm_handle_halt(). HLT comes to us only
 * because we have not asked for KVM's own interrupt controller; with it the kernel would wait
 * itself (kvm_emulate_halt -> kvm_vcpu_halt). Nothing here can interrupt the guest, so a
 * halted vCPU has reached its end.
 */
WALK enum vcpu_turn handle_halt(struct vcpu *vcpu)
{
	(void)vcpu;
	return VCPU_END;
}

static enum vcpu_turn give_up(struct vcpu *vcpu, int status)
{
	post_mortem(vcpu);
	machine_stop(vcpu->machine, status);
	return VCPU_END;
}

/* Not in the seed's switch yet; QEMU today: qemu_system_reset_request(). */
WALK enum vcpu_turn handle_shutdown(struct vcpu *vcpu)
{
	complain("%s, vCPU %u: KVM_EXIT_SHUTDOWN: triple fault, an exception while the processor "
		 "tried to report another; look at what the guest last did",
		 vcpu->machine->config.guest->name, vcpu->id);
	return give_up(vcpu, VMM_GUEST_CRASH);
}

/* QEMU today: kvm_handle_internal_error(). */
WALK enum vcpu_turn handle_internal_error(struct vcpu *vcpu)
{
	char text[INTERNAL_ERROR_TEXT];

	complain("%s, vCPU %u: KVM_EXIT_INTERNAL_ERROR %s", vcpu->machine->config.guest->name,
		 vcpu->id, internal_error_text(vcpu->run, text, sizeof(text)));
	return give_up(vcpu, VMM_NO_VCPU);
}

/* QEMU today: the KVM_EXIT_FAIL_ENTRY case in kvm_arch_handle_exit(). */
WALK enum vcpu_turn handle_fail_entry(struct vcpu *vcpu)
{
	uint64_t reason = vcpu->run->fail_entry.hardware_entry_failure_reason;

	complain("%s, vCPU %u: KVM_EXIT_FAIL_ENTRY 0x%" PRIx64
		 ": %s; the kernel's log (dmesg) may hold the whole state",
		 vcpu->machine->config.guest->name, vcpu->id, reason, entry_failure(reason));
	return give_up(vcpu, VMM_NO_VCPU);
}

/* Seed: the default case. For KVM_EXIT_UNKNOWN the hardware's own reason is all there is. */
WALK enum vcpu_turn handle_unknown(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	char hardware[48] = "";

	if (run->exit_reason == KVM_EXIT_UNKNOWN)
		snprintf(hardware, sizeof(hardware), ", hardware reason 0x%" PRIx64,
			 (uint64_t)run->hw.hardware_exit_reason);
	complain("%s, vCPU %u: %s (exit reason %u%s): %s; nobody here serves it",
		 vcpu->machine->config.guest->name, vcpu->id, exit_name(run->exit_reason),
		 run->exit_reason, hardware, exit_sentence(run->exit_reason));
	return give_up(vcpu, VMM_NO_VCPU);
}
