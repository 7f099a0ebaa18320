/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the way from an address to the device that answers there. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/bus.h"

_Static_assert(BUS_REGIONS_MAX < UINT8_MAX, "by_addr holds 1 + index in a byte");

int bus_init(struct bus *bus, uint64_t len)
{
	*bus = (struct bus){.len = len};
	if (len > BUS_PORTS_LEN)
		return 0;
	bus->by_addr = calloc(len, 1);
	return bus->by_addr ? 0 : -ENOMEM;
}

void bus_release(struct bus *bus)
{
	free(bus->by_addr);
	bus->by_addr = NULL;
	bus->region_cnt = 0;
}

int bus_add(struct bus *bus, const struct bus_region *region)
{
	uint64_t base = region->base, len = region->len;
	unsigned int width = region->width;

	if (!len || base >= bus->len || len > bus->len - base)
		return -EINVAL;
	if (!width || width > 8 || (width & (width - 1)))
		return -EINVAL;
	for (unsigned int i = 0; i < bus->region_cnt; i++) {
		const struct bus_region *other = &bus->regions[i];

		if (base < other->base + other->len && other->base < base + len)
			return -EEXIST;
	}
	if (bus->region_cnt == BUS_REGIONS_MAX)
		return -ENOSPC;
	bus->regions[bus->region_cnt++] = *region;
	if (bus->by_addr)
		memset(bus->by_addr + base, (int)bus->region_cnt, len);
	return 0;
}

static inline const struct bus_region *find(struct bus *bus, uint64_t addr)
{
	if (bus->by_addr) {
		unsigned int i = addr < bus->len ? bus->by_addr[addr] : 0;

		return i ? &bus->regions[i - 1] : NULL;
	}
	for (unsigned int i = 0; i < bus->region_cnt; i++)
		if (addr - bus->regions[i].base < bus->regions[i].len)
			return &bus->regions[i];
	return NULL;
}

static inline bool takes_whole(const struct bus_region *r, uint64_t addr, unsigned int size)
{
	return size <= r->width && size <= r->len && addr - r->base <= r->len - size &&
	       !(size & (size - 1));
}

/* The largest power of two that the region takes of the rest; single bytes where it is NULL. */
static unsigned int piece(const struct bus_region *r, uint64_t addr, unsigned int rest)
{
	unsigned int size = r ? r->width : 1;

	while (size > rest || (r && size > 1 && !takes_whole(r, addr, size)))
		size /= 2;
	return size;
}

static inline uint64_t ones(unsigned int size)
{
	return size < 8 ? (1ull << (size * 8)) - 1 : ~0ull;
}

static inline uint64_t read_piece(struct bus *bus, const struct bus_region *r, uint64_t addr,
				  unsigned int size)
{
	if (r && r->read)
		return r->read(r->owner, addr - r->base, size) & ones(size);
	__atomic_fetch_add(&bus->unclaimed_reads, 1, __ATOMIC_RELAXED);
	return ones(size);
}

static inline void write_piece(struct bus *bus, const struct bus_region *r, uint64_t addr,
			       unsigned int size, uint64_t value)
{
	if (r && r->write)
		r->write(r->owner, addr - r->base, size, value & ones(size));
	else
		__atomic_fetch_add(&bus->unclaimed_writes, 1, __ATOMIC_RELAXED);
}

/* Not of one device, or of none: out of line, as the common access is not to pay for it. */
static __attribute__((noinline)) uint64_t read_split(struct bus *bus, uint64_t addr,
						     unsigned int size)
{
	uint64_t value = 0;

	for (unsigned int done = 0, n; done < size; done += n) {
		const struct bus_region *r = find(bus, addr + done);

		n = piece(r, addr + done, size - done);
		value |= read_piece(bus, r, addr + done, n) << (done * 8);
	}
	return value;
}

static __attribute__((noinline)) void write_split(struct bus *bus, uint64_t addr, unsigned int size,
						  uint64_t value)
{
	for (unsigned int done = 0, n; done < size; done += n) {
		const struct bus_region *r = find(bus, addr + done);

		n = piece(r, addr + done, size - done);
		write_piece(bus, r, addr + done, n, value >> (done * 8));
	}
}

uint64_t bus_read(struct bus *bus, uint64_t addr, unsigned int size)
{
	const struct bus_region *r = find(bus, addr);

	if (!r || !takes_whole(r, addr, size))
		return read_split(bus, addr, size);
	return read_piece(bus, r, addr, size);
}

void bus_write(struct bus *bus, uint64_t addr, unsigned int size, uint64_t value)
{
	const struct bus_region *r = find(bus, addr);

	if (!r || !takes_whole(r, addr, size))
		write_split(bus, addr, size, value);
	else
		write_piece(bus, r, addr, size, value);
}
