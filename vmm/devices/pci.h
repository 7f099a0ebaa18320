/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A PCI bus: functions with a configuration space, whose BARs say where they answer. */
#ifndef VMM_PCI_H
#define VMM_PCI_H

#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/bus.h"
#include "vmm/irq_line.h"
#include "vmm/layout.h"

#define PCI_SLOT_CNT	32 /* one function in each */
#define PCI_CONFIG_SIZE 256

/* Where the bus answers: its two configuration ports, and a window for each kind of BAR. */
#define PCI_CONFIG_PORT	    0xcf8
#define PCI_CONFIG_PORT_LEN 8
#define PCI_PORT_BASE	    0xc000
#define PCI_PORT_LEN	    0x1000
#define PCI_MMIO_BASE	    LAYOUT_PCI
#define PCI_MMIO_LEN	    (LAYOUT_PCI_END - LAYOUT_PCI)

struct pci_bar {
	uint32_t size;	   /* bytes, a power of two from 16 on; 0: there is no such BAR */
	bool is_port;	   /* I/O space, else 32-bit memory space */
	bus_read_fn *read; /* as in a bus_region, 4 bytes wide; the offset is from the BAR */
	bus_write_fn *write;
};

/* What is the same for every function of a kind. */
struct pci_model {
	const char *name;
	uint16_t vendor, device;
	uint32_t class; /* class, subclass and programming interface: 24 bits */
	uint8_t revision;
	bool has_intx;
	struct pci_bar bars[PCI_STD_NUM_BARS];
};

struct pci_function {
	const struct pci_model *model;
	void *owner; /* for the callbacks of the BARs */

	/* The rest is pci.c's. */
	struct pci_bus *bus;
	unsigned int slot;
	uint8_t config[PCI_CONFIG_SIZE];   /* little-endian, as the guest sees it */
	uint8_t writable[PCI_CONFIG_SIZE]; /* the bits of it that the guest may change */
	uint64_t bar_at[PCI_STD_NUM_BARS]; /* where it answers, or PCI_NOWHERE; atomic */
	uint16_t command;		   /* config's, for who holds no lock; atomic */
	bool irq;			   /* the function asks for an interrupt */
};

#define PCI_NOWHERE UINT64_MAX

struct pci_bus {
	pthread_mutex_t lock; /* guards all but bar_at, command; taken after any device's */
	uint32_t address;     /* what was last written to port 0xcf8 */
	uint64_t next_port, next_mmio; /* where the next BAR goes */
	struct pci_function bridge;
	struct pci_function *slots[PCI_SLOT_CNT];
	struct irq_line irq; /* INTA# of all slots are one wire, and share its GSI */
	uint32_t irq_slots;  /* bit n: the function in slot n pulls it */
};

/* An empty bus with a host bridge in slot 0. pci_release() frees no function. */
void pci_init(struct pci_bus *bus, struct irq_line irq);
void pci_release(struct pci_bus *bus);

/*
 * Puts a function (borrowed; model and owner set) into the next free slot, its BARs into the
 * windows, and lets it answer there, as firmware does. Returns 0, or -ENOSPC: no slot or window.
 */
int pci_add(struct pci_bus *bus, struct pci_function *f);

/* The function's interrupt is asked for, or no more: level-triggered. Any thread. */
void pci_set_irq(struct pci_function *f, bool high);

/* May the function read and write the guest's memory by itself? Any thread. */
static inline bool pci_is_bus_master(const struct pci_function *f)
{
	return __atomic_load_n(&f->command, __ATOMIC_ACQUIRE) & PCI_COMMAND_MASTER;
}

/* Configuration mechanism #1, at PCI_CONFIG_PORT; and the windows: the owner is the bus. */
bus_read_fn pci_config_in, pci_port_in, pci_mmio_read;
bus_write_fn pci_config_out, pci_port_out, pci_mmio_write;

#endif
