/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the place of the PCI bus in the machine: its ports and window, and what ACPI says of it. */
#include <stdlib.h>

#include "vmm/aml.h"
#include "vmm/device.h"
#include "vmm/devices/pci.h"
#include "vmm/layout.h"

/* The address comes by way of reset.c, whose register lies within it. */
static uint64_t data_in(void *owner, uint64_t offset, unsigned int size)
{
	return pci_config_in(owner, offset + 4, size);
}

static void data_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	pci_config_out(owner, offset + 4, size, value);
}

static const struct {
	enum machine_bus bus;
	struct bus_region region; /* all but the owner */
} regions[] = {
	{BUS_PORT,
	 {.name = "pci configuration",
	  .base = PCI_CONFIG_PORT + 4,
	  .len = PCI_CONFIG_PORT_LEN - 4,
	  .width = 4,
	  .read = data_in,
	  .write = data_out}},
	{BUS_PORT,
	 {.name = "pci ports",
	  .base = PCI_PORT_BASE,
	  .len = PCI_PORT_LEN,
	  .width = 4,
	  .read = pci_port_in,
	  .write = pci_port_out}},
	{BUS_MMIO,
	 {.name = "pci memory",
	  .base = PCI_MMIO_BASE,
	  .len = PCI_MMIO_LEN,
	  .width = 4,
	  .read = pci_mmio_read,
	  .write = pci_mmio_write}},
};

static void release(void *owner)
{
	pci_release(owner);
	free(owner);
}

/* What a guest with ACPI must be told of a bus: its number, its windows, its interrupts. */
static void describe(void *owner, struct aml *aml)
{
	struct pci_bus *bus = owner;

	aml_device(aml, "PCI0", "PNP0A03", 0);
	aml_name_integer(aml, "_BBN", 0);
	aml_resources(aml);
	aml_bus_numbers(aml, 0, 0);
	aml_ports(aml, PCI_CONFIG_PORT, PCI_CONFIG_PORT_LEN);
	aml_port_window(aml, PCI_PORT_BASE, PCI_PORT_LEN);
	aml_memory_window(aml, PCI_MMIO_BASE, PCI_MMIO_LEN);
	aml_end_resources(aml);
	aml_package(aml, "_PRT", PCI_SLOT_CNT);
	for (uint32_t slot = 0; slot < PCI_SLOT_CNT; slot++)
		aml_pci_route(aml, slot, bus->irq.number);
	aml_end(aml);
	aml_end(aml);
}

static int create(struct machine *m)
{
	struct pci_bus *bus;
	int err;

	bus = malloc(sizeof(*bus));
	if (bus)
		pci_init(bus, machine_irq_line(m, GSI_PCI));
	err = machine_own(m, bus, release);
	for (unsigned int i = 0; i < sizeof(regions) / sizeof(regions[0]) && !err; i++) {
		struct bus_region region = regions[i].region;

		region.owner = bus;
		err = machine_add_region(m, regions[i].bus, &region);
	}
	m->pci = bus;
	return err ? err : machine_describe(m, describe, bus);
}

const struct device pci_device = {.name = "pci", .platforms = ON_PC, .create = create};
