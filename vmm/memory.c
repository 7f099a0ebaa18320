/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the guest's memory: anonymous pages of ours that KVM shows to the guest as RAM. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/complain.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/layout.h"
#include "vmm/vm.h"
#include "vmm/walk.h"

#define HUGE_PAGE (2ull << 20)

/*
 * A huge page of ours is one of the guest's tables too only if both addresses are multiples of it,
 * so some more is mapped, and cut. One exit then brings 2 MiB instead of 4 KiB, which is what an
 * operating system wants, and not who came to see page faults. MAP_FAILED with errno.
 */
static void *map_memory(uint64_t size, bool huge)
{
	const uint64_t room = size + HUGE_PAGE;
	uint8_t *bytes = mmap(NULL, room, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t before;

	if (bytes == MAP_FAILED)
		return bytes;
	before = -(uintptr_t)bytes & (HUGE_PAGE - 1);
	if (before)
		munmap(bytes, before);
	if (before < HUGE_PAGE)
		munmap(bytes + before + size, HUGE_PAGE - before);
	/* Refused by a kernel built without huge pages: nothing is lost. */
	madvise(bytes + before, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return bytes + before;
}

/*
 * Seed (the chapter before): kvm_create_phys_mem(); QEMU today: kvm_set_user_memory_region().
 * Kernel: kvm_vm_ioctl_set_memory_region -> __kvm_set_memory_region. No page is mapped yet:
 * that happens at the first touch, by an EPT violation (VMX) or a nested page fault (SVM).
 */
WALK int memory_add_slot(struct vm *vm, gpa_t base, uint64_t size)
{
	struct guest_memory *memory = &vm->memory;
	struct kvm_userspace_memory_region region = {
		.slot = memory->slot_cnt, .guest_phys_addr = base.v, .memory_size = size};
	void *host;
	int err;

	if (memory->slot_cnt == MEMORY_SLOTS_MAX)
		return -ENOSPC;
	host = map_memory(size, vm->huge_pages);
	if (host == MAP_FAILED) {
		err = -errno;
		complain("guest memory, %llu bytes: %s; ask for less with --mem",
			 (unsigned long long)size, strerror(-err));
		return err;
	}
	region.userspace_addr = (uintptr_t)host;
	err = KVM_IOCTL(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
	if (err < 0) {
		munmap(host, size);
		return err;
	}
	memory->slots[memory->slot_cnt++] =
		(struct memory_slot){.base = base, .size = size, .host = host};
	return 0;
}

int memory_add(struct vm *vm, uint64_t size)
{
	uint64_t low = size < LAYOUT_HOLE ? size : LAYOUT_HOLE;
	int err = memory_add_slot(vm, GPA(0), low);

	return err || low == size ? err : memory_add_slot(vm, GPA(LAYOUT_ABOVE_4G), size - low);
}

void memory_release(struct vm *vm)
{
	while (vm->memory.slot_cnt) {
		struct memory_slot *slot = &vm->memory.slots[--vm->memory.slot_cnt];

		munmap(slot->host, slot->size);
	}
}
