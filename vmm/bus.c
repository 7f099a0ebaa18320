/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the way from an address to the device that answers there. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/bus.h"

_Static_assert(BUS_REGIONS_MAX <= UINT8_MAX, "by_addr holds an index in a byte");

static uint64_t read_ones(void *owner, uint64_t offset, unsigned int size)
{
	(void)owner, (void)offset, (void)size;
	return ~0ull;
}

static void write_nothing(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)owner, (void)offset, (void)size, (void)value;
}

static uint64_t read_nobody(void *owner, uint64_t offset, unsigned int size)
{
	struct bus *bus = owner;

	(void)offset, (void)size;
	__atomic_fetch_add(&bus->unclaimed_reads, 1, __ATOMIC_RELAXED);
	return ~0ull;
}

static void write_nobody(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct bus *bus = owner;

	(void)offset, (void)size, (void)value;
	__atomic_fetch_add(&bus->unclaimed_writes, 1, __ATOMIC_RELAXED);
}

int bus_init(struct bus *bus, uint64_t len)
{
	*bus = (struct bus){.len = len, .region_cnt = 1};
	bus->regions[0] = (struct bus_region){
		.name = "nobody", .read = read_nobody, .write = write_nobody, .owner = bus};
	if (len > BUS_PORTS_LEN)
		return 0;
	bus->by_addr = calloc(BUS_PORTS_LEN, 1);
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
	struct bus_region *added = &bus->regions[bus->region_cnt];

	if (!len || base >= bus->len || len > bus->len - base)
		return -EINVAL;
	if (!width || width > 8 || (width & (width - 1)))
		return -EINVAL;
	for (unsigned int i = 1; i < bus->region_cnt; i++) {
		const struct bus_region *other = &bus->regions[i];

		if (base < other->base + other->len && other->base < base + len)
			return -EEXIST;
	}
	if (bus->region_cnt > BUS_REGIONS_MAX)
		return -ENOSPC;
	*added = *region;
	if (!added->read)
		added->read = read_ones;
	if (!added->write)
		added->write = write_nothing;
	if (bus->by_addr)
		memset(bus->by_addr + base, (int)bus->region_cnt, len);
	bus->region_cnt++;
	return 0;
}

static const struct bus_region *find(const struct bus *bus, uint64_t addr)
{
	if (bus->by_addr)
		return &bus->regions[addr < BUS_PORTS_LEN ? bus->by_addr[addr] : 0];
	for (unsigned int i = 1; i < bus->region_cnt; i++)
		if (addr - bus->regions[i].base < bus->regions[i].len)
			return &bus->regions[i];
	return &bus->regions[0];
}

/* Nobody's region takes single bytes only, so that what spans it and a device is split. */
static bool takes(const struct bus_region *r, uint64_t addr, unsigned int size)
{
	return size == 1 || (size <= r->width && size <= r->len && addr - r->base <= r->len - size);
}

/* The largest power of two that the region takes of the rest. */
static unsigned int piece(const struct bus_region *r, uint64_t addr, unsigned int rest)
{
	unsigned int size = 8;

	while (size > rest || !takes(r, addr, size))
		size /= 2;
	return size;
}

static uint64_t cut(uint64_t value, unsigned int size)
{
	return size < 8 ? value & ((1ull << (size * 8)) - 1) : value;
}

uint64_t bus_read(struct bus *bus, uint64_t addr, unsigned int size)
{
	uint64_t value = 0;

	for (unsigned int done = 0, n; done < size; done += n, addr += n) {
		const struct bus_region *r = find(bus, addr);

		n = piece(r, addr, size - done);
		value |= cut(r->read(r->owner, addr - r->base, n), n) << (done * 8);
	}
	return value;
}

void bus_write(struct bus *bus, uint64_t addr, unsigned int size, uint64_t value)
{
	for (unsigned int done = 0, n; done < size; done += n, addr += n) {
		const struct bus_region *r = find(bus, addr);

		n = piece(r, addr, size - done);
		r->write(r->owner, addr - r->base, n, cut(value >> (done * 8), n));
	}
}
