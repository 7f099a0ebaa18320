/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the check of every guest-physical address that a guest, a device or an image gives us. */
#include <errno.h>
#include <string.h>

#include "vmm/guest_memory.h"

uint8_t *guest_memory_at(const struct guest_memory *memory, gpa_t addr, uint64_t len)
{
	for (unsigned int i = 0; i < memory->slot_cnt; i++) {
		const struct memory_slot *slot = &memory->slots[i];
		uint64_t off = addr.v - slot->base.v;

		/* Below base, off wraps round and is larger than any size. */
		if (off < slot->size && len <= slot->size - off)
			return slot->host + off;
	}
	return NULL;
}

int guest_memory_read(const struct guest_memory *memory, gpa_t addr, void *to, size_t len)
{
	const uint8_t *from = guest_memory_at(memory, addr, len);

	if (!from)
		return -EFAULT;
	memcpy(to, from, len);
	return 0;
}

int guest_memory_write(const struct guest_memory *memory, gpa_t addr, const void *from, size_t len)
{
	uint8_t *to = guest_memory_at(memory, addr, len);

	if (!to)
		return -EFAULT;
	memcpy(to, from, len);
	return 0;
}
