/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the PCI bus: configuration mechanism #1 (PCI Local Bus Specification 3.0, 3.2.2.3.2), what
 * the header of a function lets the guest change (6.1, 6.2), and who answers in the windows.
 */
#include <errno.h>
#include <string.h>

#include "vmm/devices/pci.h"
#include "vmm/walk.h"

/* Port 0xcf8: enable, bus, device, function, dword. */
#define ADDRESS_ENABLE	    0x80000000u
#define ADDRESS_WRITABLE    0x80fffffcu
#define ADDRESS_BUS_AND_FN  0x00ff0700u /* we have only the bus 0, and only functions 0 */
#define ADDRESS_SLOT(addr)  ((addr) >> 11 & (PCI_SLOT_CNT - 1))
#define ADDRESS_DWORD(addr) ((addr)&0xfc)

#define COMMAND_WRITABLE                                                                           \
	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE)

static const struct pci_model bridge_model = {
	.name = "host bridge",
	.vendor = 0x8086,
	.device = 0x0d57, /* the bridge of virtual machines: without registers of its own */
	.class = 0x060000,
};

static void put(uint8_t *bytes, unsigned int at, uint32_t value, unsigned int size)
{
	memcpy(bytes + at, &value, size);
}

static uint32_t get(const uint8_t *bytes, unsigned int at, unsigned int size)
{
	uint32_t value = 0;

	memcpy(&value, bytes + at, size);
	return value;
}

static unsigned int bar_reg(unsigned int i)
{
	return PCI_BASE_ADDRESS_0 + 4 * i;
}

/* From registers to effects: what the function answers to, and whether its interrupt is heard. */
static void function_update(struct pci_function *f)
{
	uint16_t command = (uint16_t)get(f->config, PCI_COMMAND, 2);
	struct pci_bus *bus = f->bus;

	__atomic_store_n(&f->command, command, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < PCI_STD_NUM_BARS; i++) {
		const struct pci_bar *bar = &f->model->bars[i];
		uint16_t decode = bar->is_port ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
		uint64_t at = get(f->config, bar_reg(i), 4) & ~(bar->size - 1);

		__atomic_store_n(&f->bar_at[i], bar->size && command & decode ? at : PCI_NOWHERE,
				 __ATOMIC_RELEASE);
	}

	f->config[PCI_STATUS] &= (uint8_t)~PCI_STATUS_INTERRUPT;
	f->config[PCI_STATUS] |= f->irq ? PCI_STATUS_INTERRUPT : 0;
	if (f->irq && !(command & PCI_COMMAND_INTX_DISABLE))
		bus->irq_slots |= 1u << f->slot;
	else
		bus->irq_slots &= ~(1u << f->slot);
	irq_line_set(&bus->irq, bus->irq_slots);
}

static int place(uint64_t *next, uint64_t end, uint32_t size, uint32_t *at)
{
	uint64_t base = (*next + size - 1) & ~(uint64_t)(size - 1);

	if (base + size > end)
		return -ENOSPC;
	*at = (uint32_t)base;
	*next = base + size;
	return 0;
}

/* The guest sizes a BAR by what stays zero when it writes ones: the bits below the size. */
static int place_bar(struct pci_function *f, unsigned int i)
{
	const struct pci_bar *bar = &f->model->bars[i];
	struct pci_bus *bus = f->bus;
	uint32_t at;
	int err;

	if (!bar->size)
		return 0;
	if (bar->is_port)
		err = place(&bus->next_port, PCI_PORT_BASE + PCI_PORT_LEN, bar->size, &at);
	else
		err = place(&bus->next_mmio, PCI_MMIO_BASE + PCI_MMIO_LEN, bar->size, &at);
	if (err)
		return err;
	put(f->config, bar_reg(i), at | (bar->is_port ? PCI_BASE_ADDRESS_SPACE_IO : 0), 4);
	put(f->writable, bar_reg(i), ~(bar->size - 1), 4);
	return 0;
}

static int fill_header(struct pci_function *f)
{
	const struct pci_model *model = f->model;
	int err = 0;

	put(f->config, PCI_VENDOR_ID, model->vendor, 2);
	put(f->config, PCI_DEVICE_ID, model->device, 2);
	put(f->config, PCI_CLASS_REVISION, model->class << 8 | model->revision, 4);
	put(f->config, PCI_SUBSYSTEM_VENDOR_ID, model->vendor, 2);
	put(f->config, PCI_SUBSYSTEM_ID, model->device, 2);
	put(f->config, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY, 2);
	put(f->writable, PCI_COMMAND, COMMAND_WRITABLE, 2);
	f->writable[PCI_CACHE_LINE_SIZE] = f->writable[PCI_LATENCY_TIMER] = 0xff;
	if (model->has_intx) {
		f->config[PCI_INTERRUPT_PIN] = 1; /* pin A */
		f->config[PCI_INTERRUPT_LINE] = (uint8_t)f->bus->irq.number;
		f->writable[PCI_INTERRUPT_LINE] = 0xff;
	}
	for (unsigned int i = 0; i < PCI_STD_NUM_BARS && !err; i++)
		err = place_bar(f, i);
	return err;
}

int pci_add(struct pci_bus *bus, struct pci_function *f)
{
	unsigned int slot = 0;
	int err;

	while (slot < PCI_SLOT_CNT && bus->slots[slot])
		slot++;
	if (slot == PCI_SLOT_CNT)
		return -ENOSPC;
	f->bus = bus;
	f->slot = slot;
	err = fill_header(f);
	if (err)
		return err;
	function_update(f);
	bus->slots[slot] = f;
	return 0;
}

/* Seed: pci_init(), in which the e1000 registers its callbacks; QEMU today: pci_root_bus_new(). */
WALK void pci_init(struct pci_bus *bus, struct irq_line irq)
{
	*bus = (struct pci_bus){
		.next_port = PCI_PORT_BASE,
		.next_mmio = PCI_MMIO_BASE,
		.bridge.model = &bridge_model,
		.irq = irq,
	};
	pthread_mutex_init(&bus->lock, NULL);
	pci_add(bus, &bus->bridge);
}

void pci_release(struct pci_bus *bus)
{
	pthread_mutex_destroy(&bus->lock);
}

void pci_set_irq(struct pci_function *f, bool high)
{
	pthread_mutex_lock(&f->bus->lock);
	if (f->irq != high) {
		f->irq = high;
		function_update(f);
	}
	pthread_mutex_unlock(&f->bus->lock);
}

/* The function that port 0xcf8 points at; NULL: nobody, and reads give all ones. */
static struct pci_function *addressed(struct pci_bus *bus)
{
	if (!(bus->address & ADDRESS_ENABLE) || bus->address & ADDRESS_BUS_AND_FN)
		return NULL;
	return bus->slots[ADDRESS_SLOT(bus->address)];
}

/* Offsets 0 to 3 are the address, which takes whole dwords only; 4 to 7 a window on the dword. */
WALK uint64_t pci_config_in(void *owner, uint64_t offset, unsigned int size)
{
	struct pci_bus *bus = owner;
	uint64_t value = UINT64_MAX;

	pthread_mutex_lock(&bus->lock);
	if (offset < 4) {
		if (!offset && size == 4)
			value = bus->address;
	} else {
		struct pci_function *f = addressed(bus);
		unsigned int at = ADDRESS_DWORD(bus->address) + (offset & 3);

		if (f && at + size <= PCI_CONFIG_SIZE)
			value = get(f->config, at, size);
	}
	pthread_mutex_unlock(&bus->lock);
	return value;
}

static void function_write(struct pci_function *f, unsigned int at, unsigned int size,
			   uint64_t value)
{
	for (unsigned int i = 0; i < size; i++, value >>= 8) {
		uint8_t mask = f->writable[at + i];

		f->config[at + i] = (uint8_t)((f->config[at + i] & ~mask) | (value & mask));
	}
	function_update(f);
}

WALK void pci_config_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pci_bus *bus = owner;

	pthread_mutex_lock(&bus->lock);
	if (offset < 4) {
		if (!offset && size == 4)
			bus->address = value & ADDRESS_WRITABLE;
	} else {
		struct pci_function *f = addressed(bus);
		unsigned int at = ADDRESS_DWORD(bus->address) + (offset & 3);

		if (f && at + size <= PCI_CONFIG_SIZE)
			function_write(f, at, size, value);
	}
	pthread_mutex_unlock(&bus->lock);
}

struct hit {
	const struct pci_bar *bar; /* NULL: nobody answers */
	void *owner;
	uint64_t offset;
};

/* Without the lock: BARs move seldom, and an access that races with a move is the guest's loss. */
static struct hit find(struct pci_bus *bus, uint64_t addr, unsigned int size, bool is_port)
{
	for (unsigned int slot = 0; slot < PCI_SLOT_CNT && bus->slots[slot]; slot++) {
		struct pci_function *f = bus->slots[slot];

		for (unsigned int i = 0; i < PCI_STD_NUM_BARS; i++) {
			const struct pci_bar *bar = &f->model->bars[i];
			uint64_t at = __atomic_load_n(&f->bar_at[i], __ATOMIC_ACQUIRE);

			if (at != PCI_NOWHERE && bar->is_port == is_port && addr >= at &&
			    addr - at < bar->size && size <= bar->size - (addr - at))
				return (struct hit){bar, f->owner, addr - at};
		}
	}
	return (struct hit){0};
}

static uint64_t window_read(struct pci_bus *bus, uint64_t addr, unsigned int size, bool is_port)
{
	struct hit hit = find(bus, addr, size, is_port);

	return hit.bar ? hit.bar->read(hit.owner, hit.offset, size) : UINT64_MAX;
}

static void window_write(struct pci_bus *bus, uint64_t addr, unsigned int size, uint64_t value,
			 bool is_port)
{
	struct hit hit = find(bus, addr, size, is_port);

	if (hit.bar)
		hit.bar->write(hit.owner, hit.offset, size, value);
}

uint64_t pci_port_in(void *owner, uint64_t offset, unsigned int size)
{
	return window_read(owner, PCI_PORT_BASE + offset, size, true);
}

void pci_port_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	window_write(owner, PCI_PORT_BASE + offset, size, value, true);
}

uint64_t pci_mmio_read(void *owner, uint64_t offset, unsigned int size)
{
	return window_read(owner, PCI_MMIO_BASE + offset, size, false);
}

void pci_mmio_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	window_write(owner, PCI_MMIO_BASE + offset, size, value, false);
}
