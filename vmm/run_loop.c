/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the loop in which a vCPU spends its life: enter the guest, serve its exit, again. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm/complain.h"
#include "vmm/exits.h"
#include "vmm/post_mortem.h"
#include "vmm/status.h"
#include "vmm/vcpu.h"
#include "vmm/walk.h"

/*
 * Seed: kvm_main_loop_cpu(); QEMU today: the do-while in kvm_vcpu_thread_fn(). The seed loads
 * the registers here, at the top; we did so just before.
 */
WALK void vcpu_run(struct vcpu *vcpu)
{
	do {
		if (vcpu_exec(vcpu) == VCPU_END)
			break;
	} while (vcpu_wait(vcpu));
}

/*
 * EINTR, EAGAIN: the guest was interrupted, or is not to run yet. The kernel need not have
 * written exit_reason, which may still tell of the exit before; EINTR is no KVM_EXIT_INTR.
 */
static __attribute__((noinline)) enum vcpu_turn not_run(struct vcpu *vcpu, int err)
{
	if (err == EINTR || err == EAGAIN)
		return VCPU_AGAIN;
	complain("%s, vCPU %u: KVM_RUN: %s; %s", vcpu->machine->config.guest->name, vcpu->id,
		 strerror(err),
		 err == EFAULT ? "the guest touched memory that we could not give it"
			       : "the kernel's log (dmesg) may say more");
	post_mortem(vcpu);
	machine_stop(vcpu->machine, VMM_NO_VCPU);
	return VCPU_END;
}

/* A dozen instructions in each exit, so that a crash can tell what came before it. */
static inline void take_note(struct vcpu *vcpu, uint32_t reason)
{
	const struct kvm_run *run = vcpu->run;
	struct exit_note *note = &vcpu->notes[vcpu->exits++ % EXIT_NOTES];

	note->rip = run->s.regs.regs.rip;
	note->reason = reason;
	memcpy(note->detail, &run->hw, sizeof(note->detail));
}

/*
 * One turn. Seed and QEMU today: kvm_cpu_exec(), which by now holds QEMU's loop too.
 * The seed's switch is the table behind exit_handler().
 */
WALK enum vcpu_turn vcpu_exec(struct vcpu *vcpu)
{
	uint32_t reason;

	if (vcpu_enter(vcpu))
		return not_run(vcpu, errno);
	reason = vcpu->run->exit_reason;
	take_note(vcpu, reason);
	return exit_handler(reason)(vcpu);
}

/*
 * Into the guest, and back out. Seed: kvm_run(); QEMU today: KVM_RUN in kvm_cpu_exec().
 * Kernel: kvm_arch_vcpu_ioctl_run -> vcpu_run -> vcpu_enter_guest -> vmx_vcpu_run ->
 * __vmx_vcpu_run (VMLAUNCH, VMRESUME), or svm_vcpu_run -> __svm_vcpu_run (VMRUN): the seed's
 * "vm_enter". Returns 0, or -1 with errno set.
 */
WALK int vcpu_enter(struct vcpu *vcpu)
{
	return ioctl(vcpu->fd, KVM_RUN, 0);
}

/*
 * Between two turns. Seed: kvm_main_loop_wait(), which waits for SIG_IPI with a timeout;
 * QEMU today: qemu_wait_io_event(). None of our devices makes a vCPU wait, so it only looks
 * whether the machine is to end. Returns false if it is.
 */
WALK bool vcpu_wait(struct vcpu *vcpu)
{
	/* Who stops the machine sets its flag, then kicks each vCPU. */
	if (!vcpu->run->immediate_exit)
		return true;
	/* Cleared before the look at the flag: a kick in between must not be lost. */
	__atomic_store_n(&vcpu->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	return !machine_stopping(vcpu->machine);
}
