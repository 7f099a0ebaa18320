/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A bus: who answers at which port or guest-physical address. */
#ifndef VMM_BUS_H
#define VMM_BUS_H

#include <stdint.h>

/*
 * What a device does when the guest reads or writes size bytes at offset from its base. They
 * are called on the thread of the vCPU that did it, by several at once if there are several:
 * a device guards its own state.
 */
typedef uint64_t bus_read_fn(void *owner, uint64_t offset, unsigned int size);
typedef void bus_write_fn(void *owner, uint64_t offset, unsigned int size, uint64_t value);

struct bus_region {
	const char *name;
	uint64_t base, len;
	unsigned int width;  /* bytes the device takes at once: 1, 2, 4 or 8 */
	bus_read_fn *read;   /* NULL: reads give all ones */
	bus_write_fn *write; /* NULL: writes are ignored */
	void *owner;
	void *unused; /* makes it 64 bytes: the index of a region is shifted, not multiplied */
};

#define BUS_REGIONS_MAX 32

struct bus {
	uint64_t len;	  /* addresses are 0 to len - 1 */
	uint8_t *by_addr; /* index of the region, by address; NULL: search */
	unsigned int region_cnt;
	struct bus_region regions[1 + BUS_REGIONS_MAX]; /* the first is nobody's: all the rest */
	uint64_t unclaimed_reads, unclaimed_writes;	/* in pieces; atomic */
};

/* The two spaces of x86: 64 Ki ports, looked up in a table, and memory, searched. */
#define BUS_PORTS_LEN 0x10000ull
#define BUS_MMIO_LEN  (1ull << 52)

/* Makes an empty bus. Returns 0 or -ENOMEM; bus_release() is due after 0, before it may move. */
int bus_init(struct bus *bus, uint64_t len);
void bus_release(struct bus *bus);

/*
 * Adds a region (copied). Returns 0, -EINVAL if it is empty, of odd width or not within the
 * bus, -EEXIST if it overlaps another, -ENOSPC if the bus is full.
 */
int bus_add(struct bus *bus, const struct bus_region *region);

/* Who takes a byte at a port: nobody's region if no other. For a bus of ports only. */
static inline const struct bus_region *bus_at_port(const struct bus *bus, uint16_t port)
{
	/* In two steps: in one, GCC computes the address once for each field that is read. */
	const struct bus_region *first = bus->regions;
	unsigned int i = bus->by_addr[port];

	return first + i;
}

/*
 * One access of the guest, size 1 to 8 bytes. As on a real bus, an access wider than the
 * device is split; where nobody answers reads give all ones, and writes are lost, and counted.
 */
uint64_t bus_read(struct bus *bus, uint64_t addr, unsigned int size);
void bus_write(struct bus *bus, uint64_t addr, unsigned int size, uint64_t value);

#endif
