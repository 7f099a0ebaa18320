/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns what the kernel emulates of a PC: two PICs, the I/O APIC, the local APICs, the timer. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/event_loop.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/pc.h"
#include "vmm/walk.h"

/*
 * As a BIOS leaves them: IRQ 0 interrupts with vector 8, IRQ 8 with 0x70. Who starts in 16 bits may
 * rely on it; an operating system sets its own.
 */
static int set_pic_vectors(const struct vm *vm)
{
	static const struct {
		uint32_t chip;
		uint8_t vector;
	} pics[] = {{KVM_IRQCHIP_PIC_MASTER, 0x08}, {KVM_IRQCHIP_PIC_SLAVE, 0x70}};
	int err = 0;

	for (size_t i = 0; i < sizeof(pics) / sizeof(pics[0]) && err >= 0; i++) {
		struct kvm_irqchip state = {.chip_id = pics[i].chip};

		err = KVM_IOCTL(vm->fd, KVM_GET_IRQCHIP, &state);
		state.chip.pic.irq_base = pics[i].vector;
		if (err >= 0)
			err = KVM_IOCTL(vm->fd, KVM_SET_IRQCHIP, &state);
	}
	return err;
}

/*
 * Seed: kvm_arch_qemu_create_context() -> kvm_create_irqchip(); QEMU today:
 * kvm_irqchip_create(). Kernel: kvm_arch_vm_ioctl. The controllers before the timer, which is
 * wired to them, and both before the first vCPU, which gets a local APIC only then.
 */
WALK int pc_create(struct machine *m)
{
	/* Without the dummy the kernel would emulate port 0x61 not at all. */
	struct kvm_pit_config pit = {.flags = KVM_PIT_SPEAKER_DUMMY};
	int err = KVM_IOCTL(m->vm.fd, KVM_CREATE_IRQCHIP, 0);

	if (err >= 0)
		err = KVM_IOCTL(m->vm.fd, KVM_CREATE_PIT2, &pit);
	if (err >= 0)
		err = set_pic_vectors(&m->vm);
	if (err < 0)
		return err;
	m->io = event_loop_new();
	return m->io ? 0 : -ENOMEM;
}

/* SDM vol. 4, 2.1; APM vol. 2, appendix A. */
#define MSR_MISC_ENABLE	      0x1a0
#define MISC_ENABLE_FAST_STRS (1u << 0)
#define MSR_MTRR_DEF_TYPE     0x2ff
#define MTRR_ENABLED	      (1u << 11)
#define MTRR_WRITE_BACK	      6

/*
 * Memory is write-back cached; and "fast strings" are on, without which Linux takes a processor
 * with FSRM but not ERMS for a broken one. KVM has both off after reset.
 */
static int set_msrs(struct vcpu *vcpu)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entries[2];
	} msrs = {
		.head.nmsrs = 2,
		.entries = {{.index = MSR_MISC_ENABLE, .data = MISC_ENABLE_FAST_STRS},
			    {.index = MSR_MTRR_DEF_TYPE, .data = MTRR_ENABLED | MTRR_WRITE_BACK}}};
	int set = KVM_IOCTL(vcpu->fd, KVM_SET_MSRS, &msrs);

	if (set >= 0 && set < (int)msrs.head.nmsrs) {
		complain("KVM_SET_MSRS: MSR 0x%x is refused; the kernel's log (dmesg) may say more",
			 msrs.entries[set].index);
		return -EINVAL;
	}
	return set < 0 ? set : 0;
}

/* Registers of the local APIC that wire its two pins: SDM vol. 3, 11.5.1. */
#define APIC_LVT_LINT0	 0x350
#define APIC_LVT_LINT1	 0x360
#define APIC_MODE_NMI	 (4u << 8)
#define APIC_MODE_EXTINT (7u << 8)

/* "Virtual wire": the PICs' output is on LINT0, the NMI on LINT1 (MP specification, 3.6.2.2). */
static int wire_local_apic(struct vcpu *vcpu)
{
	const uint32_t lint0 = APIC_MODE_EXTINT, lint1 = APIC_MODE_NMI;
	struct kvm_lapic_state apic;
	int err = KVM_IOCTL(vcpu->fd, KVM_GET_LAPIC, &apic);

	if (err < 0)
		return err;
	memcpy(apic.regs + APIC_LVT_LINT0, &lint0, sizeof(lint0));
	memcpy(apic.regs + APIC_LVT_LINT1, &lint1, sizeof(lint1));
	return KVM_IOCTL(vcpu->fd, KVM_SET_LAPIC, &apic);
}

/* QEMU today: kvm_arch_put_registers() -> kvm_put_msrs(), kvm_put_apic(). */
WALK int pc_vcpu_setup(struct vcpu *vcpu)
{
	int err = set_msrs(vcpu);

	return err ? err : wire_local_apic(vcpu);
}
