/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The PCI bus in the hands of a hostile guest: ports, windows and interrupts in any order. A BAR
 * may be anywhere, but its card is never asked for what lies outside of it, and the wire is
 * always what the cards and their command registers make it.
 */
#include <stdlib.h>

#include "tests/fuzz/fuzz_input.h"
#include "vmm/devices/pci.h"

#define CARD_CNT 3

static void in_bar(uint64_t offset, unsigned int size, uint64_t len)
{
	if (offset >= len || size > len - offset)
		abort();
}

static uint64_t mmio_read(void *owner, uint64_t offset, unsigned int size)
{
	(void)owner;
	in_bar(offset, size, 0x20000);
	return offset;
}

static void mmio_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)owner, (void)value;
	in_bar(offset, size, 0x20000);
}

static uint64_t port_in(void *owner, uint64_t offset, unsigned int size)
{
	(void)owner;
	in_bar(offset, size, 0x40);
	return offset;
}

static void port_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)owner, (void)value;
	in_bar(offset, size, 0x40);
}

static const struct pci_model model = {
	.name = "card",
	.has_intx = true,
	.bars = {[0] = {.size = 0x20000, .read = mmio_read, .write = mmio_write},
		 [5] = {.size = 0x40, .is_port = true, .read = port_in, .write = port_out}},
};

static void set_line(void *owner, unsigned int gsi, bool high)
{
	(void)gsi;
	*(bool *)owner = high;
}

static void line_is_right(const struct pci_function *cards, bool line)
{
	bool want = false;

	for (unsigned int i = 0; i < CARD_CNT; i++)
		want |= cards[i].irq &&
			!(cards[i].config[PCI_COMMAND + 1] << 8 & PCI_COMMAND_INTX_DISABLE);
	if (line != want)
		abort();
}

static void step(struct pci_bus *bus, struct pci_function *cards, struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_take(in, 1);
	unsigned int size = 1u << (op >> 4 & 1) << (op >> 5 & 1);
	uint64_t at = fuzz_take(in, 3);

	switch (op & 15) {
	case 0:
		pci_config_out(bus, 0, 4, 0x80000000 | (at & 0xfffff));
		break;
	case 1:
		pci_config_out(bus, at & 7, size, fuzz_take(in, size));
		break;
	case 2:
		pci_config_in(bus, at & 7, size);
		break;
	case 3:
		pci_mmio_read(bus, at, size);
		break;
	case 4:
		pci_mmio_write(bus, at, size, at);
		break;
	case 5:
		pci_port_in(bus, at % PCI_PORT_LEN, size);
		break;
	case 6:
		pci_port_out(bus, at % PCI_PORT_LEN, size, at);
		break;
	default:
		pci_set_irq(&cards[at % CARD_CNT], at & 0x80);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct pci_function cards[CARD_CNT];
	struct pci_bus bus;
	bool line = false;

	pci_init(&bus, (struct irq_line){.set = set_line, .owner = &line});
	for (unsigned int i = 0; i < CARD_CNT; i++) {
		cards[i] = (struct pci_function){.model = &model};
		if (pci_add(&bus, &cards[i]) < 0)
			abort();
	}
	while (in.left) {
		step(&bus, cards, &in);
		line_is_right(cards, line);
	}
	pci_release(&bus);
	return 0;
}
