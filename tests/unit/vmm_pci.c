/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The PCI bus as a guest finds it: configuration space, sizes and moves of BARs, the interrupt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/devices/pci.h"

#define NOTHING UINT32_MAX

static uint64_t last_offset, last_value;

static uint64_t card_read(void *owner, uint64_t offset, unsigned int size)
{
	(void)size;
	last_offset = offset;
	return *(uint32_t *)owner;
}

static void card_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)owner, (void)size;
	last_offset = offset;
	last_value = value;
}

static const struct pci_model card_model = {
	.name = "card",
	.vendor = 0x1234,
	.device = 0x5678,
	.class = 0x020000,
	.revision = 3,
	.has_intx = true,
	.bars = {[0] = {.size = 0x20000, .read = card_read, .write = card_write},
		 [2] = {.size = 0x40, .is_port = true, .read = card_read, .write = card_write}},
};

struct world {
	struct pci_bus bus;
	struct pci_function cards[2];
	uint32_t says[2];
	bool line;
};

static void set_line(void *owner, unsigned int gsi, bool high)
{
	assert_int_equal(gsi, 11);
	*(bool *)owner = high;
}

static int set_up(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct irq_line irq = {.set = set_line, .owner = &w->line, .number = 11};

	pci_init(&w->bus, irq);
	for (unsigned int i = 0; i < 2; i++) {
		w->says[i] = 0xca2d0000 + i;
		w->cards[i] = (struct pci_function){.model = &card_model, .owner = &w->says[i]};
		assert_int_equal(pci_add(&w->bus, &w->cards[i]), 0);
	}
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	pci_release(&w->bus);
	test_free(w);
	return 0;
}

static uint32_t address(unsigned int slot, unsigned int reg)
{
	return 0x80000000u | slot << 11 | (reg & ~3u);
}

static uint32_t get(struct world *w, unsigned int slot, unsigned int reg, unsigned int size)
{
	pci_config_out(&w->bus, 0, 4, address(slot, reg));
	return (uint32_t)(pci_config_in(&w->bus, 4 + (reg & 3), size) & (~0ull >> (64 - size * 8)));
}

static void put(struct world *w, unsigned int slot, unsigned int reg, unsigned int size,
		uint32_t value)
{
	pci_config_out(&w->bus, 0, 4, address(slot, reg));
	pci_config_out(&w->bus, 4 + (reg & 3), size, value);
}

static uint32_t mmio(struct world *w, uint64_t addr)
{
	return (uint32_t)pci_mmio_read(&w->bus, addr - PCI_MMIO_BASE, 4);
}

static void scan(void **state)
{
	struct world *w = *state;

	assert_int_equal(get(w, 0, PCI_CLASS_REVISION, 4) >> 8, 0x060000);
	for (unsigned int slot = 1; slot <= 2; slot++) {
		assert_int_equal(get(w, slot, 0, 4), 0x56781234);
		assert_int_equal(get(w, slot, PCI_CLASS_DEVICE, 2), 0x0200);
		assert_int_equal(get(w, slot, PCI_REVISION_ID, 1), 3);
		assert_int_equal(get(w, slot, PCI_HEADER_TYPE, 1), 0);
		assert_int_equal(get(w, slot, PCI_INTERRUPT_PIN, 1), 1);
		assert_int_equal(get(w, slot, PCI_INTERRUPT_LINE, 1), 11);
	}
	assert_int_equal(get(w, 3, 0, 4), NOTHING);
	assert_int_equal(get(w, 31, 0, 2), 0xffff);
	/* Another bus, another function, or not enabled: nobody. */
	for (unsigned int i = 0; i < 3; i++) {
		static const uint32_t elsewhere[] = {0x80010800, 0x80000900, 0x00000800};

		pci_config_out(&w->bus, 0, 4, elsewhere[i]);
		assert_int_equal((uint32_t)pci_config_in(&w->bus, 4, 4), NOTHING);
	}
}

/* Linux knows mechanism #1 by this: what is written to 0xcf8 is read back, bytes are another's. */
static void address_port(void **state)
{
	struct world *w = *state;

	pci_config_out(&w->bus, 0, 4, 0xffffffff);
	assert_int_equal(pci_config_in(&w->bus, 0, 4), 0x80fffffc);
	pci_config_out(&w->bus, 1, 1, 0x06);
	pci_config_out(&w->bus, 0, 2, 0);
	assert_int_equal(pci_config_in(&w->bus, 0, 4), 0x80fffffc);
	assert_true(pci_config_in(&w->bus, 1, 1) == UINT64_MAX);
	/* A dword that would run over the end of the space. */
	pci_config_out(&w->bus, 0, 4, address(1, 0xfc));
	assert_int_equal(pci_config_in(&w->bus, 4, 4), 0);
	assert_true(pci_config_in(&w->bus, 7, 4) == UINT64_MAX);
	pci_config_out(&w->bus, 7, 4, 0);
}

static void header_is_read_only(void **state)
{
	struct world *w = *state;

	for (unsigned int reg = 0; reg < PCI_CONFIG_SIZE; reg += 4)
		put(w, 1, reg, 4, 0xffffffff);
	assert_int_equal(get(w, 1, 0, 4), 0x56781234);
	assert_int_equal(get(w, 1, PCI_COMMAND, 2), 0x0407);
	assert_int_equal(get(w, 1, PCI_STATUS, 2), 0);
	assert_int_equal(get(w, 1, PCI_INTERRUPT_LINE, 2), 0x01ff);
	assert_int_equal(get(w, 1, PCI_ROM_ADDRESS, 4), 0);
	assert_int_equal(get(w, 1, 0x40, 4), 0);
	put(w, 1, PCI_COMMAND + 1, 1, 0);
	assert_int_equal(get(w, 1, PCI_COMMAND, 2), 0x0007);
}

static void bars_tell_their_size(void **state)
{
	struct world *w = *state;
	uint32_t first = get(w, 1, PCI_BASE_ADDRESS_0, 4);

	assert_int_equal(first, PCI_MMIO_BASE);
	assert_int_equal(get(w, 2, PCI_BASE_ADDRESS_0, 4), first + 0x20000);
	assert_int_equal(get(w, 2, PCI_BASE_ADDRESS_2, 4), PCI_PORT_BASE + 0x40 + 1);
	put(w, 1, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	assert_int_equal(get(w, 1, PCI_BASE_ADDRESS_0, 4), 0xfffe0000);
	put(w, 1, PCI_BASE_ADDRESS_1, 4, 0xffffffff);
	assert_int_equal(get(w, 1, PCI_BASE_ADDRESS_1, 4), 0);
	put(w, 1, PCI_BASE_ADDRESS_2, 4, 0xffffffff);
	assert_int_equal(get(w, 1, PCI_BASE_ADDRESS_2, 4), 0xffffffc1);
}

static void bars_move(void **state)
{
	struct world *w = *state;

	assert_int_equal(mmio(w, PCI_MMIO_BASE), 0xca2d0000);
	assert_int_equal(mmio(w, PCI_MMIO_BASE + 0x3fffc), 0xca2d0001);
	assert_int_equal(last_offset, 0x1fffc);
	assert_int_equal(mmio(w, PCI_MMIO_BASE + 0x40000), NOTHING);
	/* Over the end of the first BAR: of neither. */
	assert_int_equal(mmio(w, PCI_MMIO_BASE + 0x1fffe), NOTHING);

	put(w, 1, PCI_BASE_ADDRESS_0, 4, PCI_MMIO_BASE + 0x800000);
	assert_int_equal(mmio(w, PCI_MMIO_BASE), NOTHING);
	assert_int_equal(mmio(w, PCI_MMIO_BASE + 0x800010), 0xca2d0000);
	assert_int_equal(last_offset, 0x10);
	put(w, 1, PCI_BASE_ADDRESS_0, 4, 0);
	assert_int_equal(mmio(w, PCI_MMIO_BASE), NOTHING);

	pci_port_out(&w->bus, 0x44, 4, 7);
	assert_int_equal(last_offset, 4);
	assert_int_equal(last_value, 7);
	assert_int_equal((uint32_t)pci_port_in(&w->bus, 0x80, 4), NOTHING);
}

static void command_decides(void **state)
{
	struct world *w = *state;

	put(w, 1, PCI_COMMAND, 2, PCI_COMMAND_IO);
	assert_int_equal(mmio(w, PCI_MMIO_BASE), NOTHING);
	assert_int_equal(pci_port_in(&w->bus, 0, 4), 0xca2d0000);
	put(w, 1, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	assert_int_equal(mmio(w, PCI_MMIO_BASE), 0xca2d0000);
	assert_int_equal((uint32_t)pci_port_in(&w->bus, 0, 4), NOTHING);

	assert_false(pci_is_bus_master(&w->cards[0]));
	put(w, 1, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	assert_true(pci_is_bus_master(&w->cards[0]));
}

/* Two functions on one wire: it is low when neither pulls it. */
static void interrupt(void **state)
{
	struct world *w = *state;

	pci_set_irq(&w->cards[0], true);
	pci_set_irq(&w->cards[1], true);
	assert_true(w->line);
	assert_true(get(w, 1, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	pci_set_irq(&w->cards[0], false);
	assert_true(w->line);
	assert_false(get(w, 1, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	put(w, 2, PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE);
	assert_false(w->line);
	assert_true(get(w, 2, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	put(w, 2, PCI_COMMAND, 2, 0);
	assert_true(w->line);
	pci_set_irq(&w->cards[1], false);
	assert_false(w->line);
}

static void full(void **state)
{
	static const struct pci_model huge = {.name = "huge", .bars = {{.size = PCI_MMIO_LEN}}};
	struct pci_function more[PCI_SLOT_CNT], big = {.model = &huge};
	static const struct pci_model small = {.name = "small"};
	struct world *w = *state;

	assert_true(pci_add(&w->bus, &big) < 0);
	for (unsigned int i = 0; i < PCI_SLOT_CNT - 3; i++) {
		more[i] = (struct pci_function){.model = &small};
		assert_int_equal(pci_add(&w->bus, &more[i]), 0);
	}
	more[31] = (struct pci_function){.model = &small};
	assert_true(pci_add(&w->bus, &more[31]) < 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(scan),
		TEST(address_port),
		TEST(header_is_read_only),
		TEST(bars_tell_their_size),
		TEST(bars_move),
		TEST(command_decides),
		TEST(interrupt),
		TEST(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
