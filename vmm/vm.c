/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the first step: a VM out of /dev/kvm, and the last: its end. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/vm.h"
#include "vmm/walk.h"

/*
 * Three pages and one page below 4 GiB that KVM on Intel needs in the guest's memory map to
 * run real mode where the processor cannot (a TSS for vm86 mode, an identity page table).
 * api.rst, KVM_SET_TSS_ADDR and KVM_SET_IDENTITY_MAP_ADDR; no slot may overlap them. On AMD
 * they do nothing.
 */
#define TSS_GPA		 0xfffbd000
#define IDENTITY_MAP_GPA 0xfffbc000

/* What no machine can do without. */
static const struct {
	int cap;
	const char *name, *why;
} needed[] = {
#define NEED_ALL(name, why) {KVM_CAP_##name, "KVM_CAP_" #name, why},
#define NEED_PC(name, why)
#define NEED_GAIN(name, why)
#define NEED_LIMIT(name, why)
#define CAPABILITY(name, need, why) NEED_##need(name, why)
#include "vmm/capabilities.def"
#undef CAPABILITY
};

static void complain_open(int err)
{
	const char *lab = "'scripts/lab -- build/vmm hello' runs it on a machine without KVM";

	if (err == ENOENT || err == ENODEV || err == ENXIO)
		complain("/dev/kvm: %s: no KVM here; load kvm_intel or kvm_amd, or use the lab: %s",
			 strerror(err), lab);
	else if (err == EACCES || err == EPERM)
		complain("/dev/kvm: %s; become a member of the group kvm "
			 "('usermod -aG kvm $USER', then log in again), or use the lab: %s",
			 strerror(err), lab);
	else
		complain("/dev/kvm: %s; %s", strerror(err), lab);
}

int vm_open_kvm(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int err = errno;

	if (fd >= 0)
		return fd;
	complain_open(err);
	return -err;
}

static int check_kvm(int kvm_fd)
{
	int version = KVM_IOCTL(kvm_fd, KVM_GET_API_VERSION, 0);
	int missing = 0;

	if (version < 0)
		return version;
	if (version != KVM_API_VERSION) {
		complain("KVM_GET_API_VERSION: the kernel has version %d, we speak %d; "
			 "use Linux 2.6.22 or later",
			 version, KVM_API_VERSION);
		return -ENOTSUP;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (kvm_ioctl_quiet(kvm_fd, KVM_CHECK_EXTENSION, needed[i].cap) > 0)
			continue;
		complain("KVM_CHECK_EXTENSION: this kernel has no %s, needed %s; use a newer one",
			 needed[i].name, needed[i].why);
		missing = -ENOTSUP;
	}
	return missing;
}

/* Seed: kvm_create(), called from kvm_qemu_init(); QEMU today: kvm_init() in kvm-all.c. */
WALK int vm_create(struct vm *vm)
{
	uint64_t identity_map = IDENTITY_MAP_GPA;
	int err;

	*vm = (struct vm){.kvm_fd = -1, .fd = -1};
	vm->kvm_fd = vm_open_kvm();
	if (vm->kvm_fd < 0)
		return vm->kvm_fd;
	err = check_kvm(vm->kvm_fd);
	if (err < 0)
		return err;

	/* Kernel: kvm_dev_ioctl_create_vm -> kvm_create_vm -> kvm_arch_init_vm. */
	vm->fd = KVM_IOCTL(vm->kvm_fd, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		return vm->fd;

	/* The identity map must be placed before the first vCPU is created. */
	err = KVM_IOCTL(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &identity_map);
	if (err < 0)
		return err;
	return KVM_IOCTL(vm->fd, KVM_SET_TSS_ADDR, TSS_GPA);
}

WALK void vm_release(struct vm *vm)
{
	memory_release(vm);
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->kvm_fd >= 0)
		close(vm->kvm_fd);
	vm->fd = vm->kvm_fd = -1;
}

unsigned int vm_vcpus_max(const struct vm *vm)
{
	int max = kvm_ioctl_quiet(vm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);

	/* api.rst, KVM_CREATE_VCPU: where the kernel does not say, it is 4. */
	return max > 0 ? (unsigned int)max : 4;
}
