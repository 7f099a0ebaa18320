/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the exits after which a vCPU does not go on: its good end, and the bad ones. */
#include <inttypes.h>
#include <stdio.h>

#include "vmm/complain.h"
#include "vmm/exits.h"
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

static const char *suberror_name(uint32_t suberror)
{
	switch (suberror) {
	case KVM_INTERNAL_ERROR_EMULATION:
		return "KVM cannot emulate the instruction, or not fetch it";
	case KVM_INTERNAL_ERROR_SIMUL_EX:
		return "two exceptions at once that KVM cannot merge";
	case KVM_INTERNAL_ERROR_DELIVERY_EV:
		return "an exit while an event was being delivered";
	case KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON:
		return "the processor gave an exit reason that KVM does not know";
	default:
		return "newer than this program";
	}
}

/* QEMU today: kvm_handle_internal_error(). */
WALK enum vcpu_turn handle_internal_error(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	const unsigned int room = sizeof(run->internal.data) / sizeof(run->internal.data[0]);
	uint32_t cnt = run->internal.ndata;
	char data[room * 20 + 1];
	size_t len = 0;

	data[0] = '\0';
	for (unsigned int i = 0; i < cnt && i < room; i++)
		len += (size_t)snprintf(data + len, sizeof(data) - len, " 0x%" PRIx64,
					(uint64_t)run->internal.data[i]);
	complain("%s, vCPU %u: KVM_EXIT_INTERNAL_ERROR %u: %s; data:%s",
		 vcpu->machine->config.guest->name, vcpu->id, run->internal.suberror,
		 suberror_name(run->internal.suberror), cnt ? data : " none");
	return give_up(vcpu, VMM_NO_VCPU);
}

/*
 * What the hardware said: VMX the basic exit reason with bit 31 (SDM vol. 3, 27.8) or, below
 * 32, a VM-instruction error (31.4); SVM the exit code, VMEXIT_INVALID being -1 (APM vol. 2,
 * 15.5). Which of the two is kept to 64 bits, or to 32, has varied with the kernel.
 */
static const char *entry_failure(uint64_t reason)
{
	if (reason == UINT64_MAX || reason == UINT32_MAX)
		return "SVM: invalid guest state in the VMCB (VMEXIT_INVALID)";
	switch (reason) {
	case 0x80000021:
		return "VMX: invalid guest state in the VMCS";
	case 0x80000022:
		return "VMX: an MSR could not be loaded";
	case 0x80000029:
		return "VMX: a machine check";
	case 7:
		return "VMX: invalid control fields in the VMCS";
	case 8:
		return "VMX: invalid host state in the VMCS";
	default:
		return "the processor's manual lists it under VM entry failures";
	}
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
