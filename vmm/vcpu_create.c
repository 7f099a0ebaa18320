/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the making of a vCPU: its descriptor, the page shared with the kernel, its CPUID. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/complain.h"
#include "vmm/cpuid.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/signals.h"
#include "vmm/vcpu.h"
#include "vmm/walk.h"

/*
 * Seed: kvm_create_vcpu(); QEMU today: kvm_init_vcpu() -> kvm_create_vcpu() in kvm-all.c.
 * Kernel: kvm_vm_ioctl_create_vcpu -> kvm_arch_vcpu_create -> vmx_vcpu_create (the seed's
 * vmx_create_vcpu) or svm_vcpu_create.
 */
WALK int vcpu_create(struct vcpu *vcpu)
{
	const struct vm *vm = &vcpu->machine->vm;
	void *run;
	int sz;

	vcpu->fd = KVM_IOCTL(vm->fd, KVM_CREATE_VCPU, vcpu->id);
	if (vcpu->fd < 0)
		return vcpu->fd;

	/* Longer than a page: behind struct kvm_run lies the data of port I/O. */
	sz = KVM_IOCTL(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (sz < 0)
		return sz;
	if ((size_t)sz < sizeof(*vcpu->run)) {
		complain("KVM_GET_VCPU_MMAP_SIZE: %d bytes, too few; use a newer kernel", sz);
		return -EINVAL;
	}
	run = mmap(NULL, (size_t)sz, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (run == MAP_FAILED) {
		int err = -errno;

		complain("mmap of vCPU %u: %s; free some memory", vcpu->id, strerror(-err));
		return err;
	}
	vcpu->run = run;
	vcpu->run_sz = (size_t)sz;
	/* At each exit the registers are to be in the page too; before Linux 4.18 they stay 0. */
	vcpu->run->kvm_valid_regs = KVM_SYNC_X86_REGS;
	signals_take_kicks(run);
	return vcpu_set_cpuid(vcpu);
}

/*
 * A vCPU is born with an empty CPUID: every leaf reads as zeros. QEMU today:
 * kvm_arch_init_vcpu(); kernel: kvm_vcpu_ioctl_set_cpuid2. The guest's CPUID instruction
 * then exits to the kernel, which answers from this table; we do not see it.
 */
WALK int vcpu_set_cpuid(struct vcpu *vcpu)
{
	const struct machine_config *config = &vcpu->machine->config;
	struct cpuid_table table = {.head.nent = CPUID_ENTRIES_MAX};
	struct cpuid_place place = {.id = vcpu->id, .cnt = config->vcpu_cnt};
	int kvm_fd = vcpu->machine->vm.kvm_fd;
	int err = KVM_IOCTL(kvm_fd, KVM_GET_SUPPORTED_CPUID, &table);

	if (err < 0)
		return err;
	/* KVM does not offer it by itself, as it is there only with its own local APIC. */
	if (config->guest->platform == PLATFORM_PC)
		place.tsc_deadline = kvm_ioctl_quiet(kvm_fd, KVM_CHECK_EXTENSION,
						     KVM_CAP_TSC_DEADLINE_TIMER) > 0;
	cpuid_adapt(&table, &place);
	return KVM_IOCTL(vcpu->fd, KVM_SET_CPUID2, &table);
}
