/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The guest's memory as a device sees it: guest-physical addresses in, checked, and bytes of
 * ours out. It knows nothing of KVM, so that device models run without it.
 */
#ifndef VMM_GUEST_MEMORY_H
#define VMM_GUEST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/gpa.h"

struct memory_slot {
	gpa_t base;
	uint64_t size; /* bytes, whole pages */
	uint8_t *host; /* where the same bytes are in our address space; owned */
};

#define MEMORY_SLOTS_MAX 4

struct guest_memory {
	unsigned int slot_cnt;
	struct memory_slot slots[MEMORY_SLOTS_MAX];
};

/*
 * Where the guest's len bytes at addr are in our address space, or NULL if they are not all
 * in one slot. The pointer is good until the VM is released; the guest may change what it
 * points to at any moment, so what is to be checked and then used must be copied first.
 */
uint8_t *guest_memory_at(const struct guest_memory *memory, gpa_t addr, uint64_t len);

/*
 * Copies len bytes out of, or into, the guest's memory. Returns 0, or -EFAULT with nothing
 * copied if they are not all in one slot.
 */
int guest_memory_read(const struct guest_memory *memory, gpa_t addr, void *to, size_t len);
int guest_memory_write(const struct guest_memory *memory, gpa_t addr, const void *from, size_t len);

#endif
