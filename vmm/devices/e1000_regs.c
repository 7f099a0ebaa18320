/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the card's register window: what a read or write of each register does. */
#include <stddef.h>
#include <string.h>

#include "vmm/devices/e1000.h"
#include "vmm/walk.h"

static uint32_t read_status(struct e1000 *e, unsigned int offset)
{
	return *e1000_reg(e, offset) | (e1000_link_is_up(e) ? STATUS_LU | STATUS_FD : 0);
}

static uint32_t read_eecd(struct e1000 *e, unsigned int offset)
{
	(void)offset;
	return e1000_eeprom_wires(e);
}

static uint32_t read_icr(struct e1000 *e, unsigned int offset)
{
	uint32_t cause = e->cause;

	(void)offset;
	e->cause = 0;
	e1000_irq_update(e);
	return cause;
}

static uint32_t read_ims(struct e1000 *e, unsigned int offset)
{
	(void)offset;
	return e->mask;
}

static uint32_t read_clear(struct e1000 *e, unsigned int offset)
{
	uint32_t value = *e1000_reg(e, offset);

	*e1000_reg(e, offset) = 0;
	return value;
}

/* The high half of a counter of 64 bits: the low one is read before it. */
static uint32_t read_clear_both(struct e1000 *e, unsigned int offset)
{
	*e1000_reg(e, offset - 4) = 0;
	return read_clear(e, offset);
}

static void write_ctrl(struct e1000 *e, unsigned int offset, uint32_t value)
{
	*e1000_reg(e, offset) = value & ~(CTRL_RST | CTRL_PHY_RST);
	if (value & CTRL_PHY_RST)
		e1000_phy_reset(e);
	if (value & CTRL_RST) {
		e1000_reset(e);
		e1000_receive_again(e);
	}
}

static void write_eecd(struct e1000 *e, unsigned int offset, uint32_t value)
{
	(void)offset;
	e1000_eeprom_drive(e, value);
}

static void write_eerd(struct e1000 *e, unsigned int offset, uint32_t value)
{
	*e1000_reg(e, offset) = e1000_eeprom_command(e, value);
}

static void write_mdic(struct e1000 *e, unsigned int offset, uint32_t value)
{
	*e1000_reg(e, offset) = e1000_phy_command(e, value);
}

static void write_icr(struct e1000 *e, unsigned int offset, uint32_t value)
{
	(void)offset;
	e->cause &= ~value;
	e1000_irq_update(e);
}

static void write_ics(struct e1000 *e, unsigned int offset, uint32_t value)
{
	(void)offset;
	e1000_raise(e, value & CAUSE_ALL);
}

static void write_ims(struct e1000 *e, unsigned int offset, uint32_t value)
{
	(void)offset;
	e->mask |= value & CAUSE_ALL;
	e1000_irq_update(e);
}

static void write_imc(struct e1000 *e, unsigned int offset, uint32_t value)
{
	(void)offset;
	e->mask &= ~value;
	e1000_irq_update(e);
}

static void store(struct e1000 *e, unsigned int offset, uint32_t value);

static void write_rx(struct e1000 *e, unsigned int offset, uint32_t value)
{
	store(e, offset, value);
	e1000_receive_again(e);
}

static void write_tx(struct e1000 *e, unsigned int offset, uint32_t value)
{
	store(e, offset, value);
	e1000_transmit(e);
}

static const struct row {
	unsigned int offset, cnt;
	uint32_t at_reset, writable;
	uint32_t (*read)(struct e1000 *e, unsigned int offset);		     /* NULL: as kept */
	void (*write)(struct e1000 *e, unsigned int offset, uint32_t value); /* NULL: store() */
} rows[] = {
#define E1000_REG(name, offset, cnt, at_reset, writable, read, write, meaning)                     \
	{offset, cnt, at_reset, writable, read, write},
#include "vmm/devices/e1000_regs.def"
#undef E1000_REG
};

#define ROW_CNT (sizeof(rows) / sizeof(rows[0]))

_Static_assert(ROW_CNT < UINT8_MAX, "struct e1000 holds 1 + index of a row in a byte");
#define E1000_REG(name, offset, cnt, ...)                                                          \
	_Static_assert((offset) + 4 * (cnt) <= E1000_REGS_SIZE && !((offset) % 4), #name);
#include "vmm/devices/e1000_regs.def"
#undef E1000_REG

/* NULL: nothing is there. */
static const struct row *row_of(const struct e1000 *e, uint64_t offset)
{
	unsigned int i = offset < E1000_REGS_SIZE ? e->rows[offset / 4] : 0;

	return i ? &rows[i - 1] : NULL;
}

static void store(struct e1000 *e, unsigned int offset, uint32_t value)
{
	uint32_t writable = row_of(e, offset)->writable, *reg = e1000_reg(e, offset);

	*reg = (*reg & ~writable) | (value & writable);
}

void e1000_regs_init(struct e1000 *e)
{
	for (size_t i = 0; i < ROW_CNT; i++)
		memset(e->rows + rows[i].offset / 4, (int)i + 1, rows[i].cnt);
}

/* Tables (count over 1) hold what the guest left in them: the manual says they are not reset. */
void e1000_regs_reset(struct e1000 *e)
{
	for (size_t i = 0; i < ROW_CNT; i++)
		if (rows[i].cnt == 1)
			*e1000_reg(e, rows[i].offset) = rows[i].at_reset;
}

static uint32_t reg_read(struct e1000 *e, uint64_t offset)
{
	const struct row *row = row_of(e, offset);

	if (!row)
		return 0;
	return row->read ? row->read(e, (unsigned int)offset) : *e1000_reg(e, (unsigned int)offset);
}

static void reg_write(struct e1000 *e, uint64_t offset, uint32_t value)
{
	const struct row *row = row_of(e, offset);

	if (!row)
		return;
	if (row->write)
		row->write(e, (unsigned int)offset, value);
	else
		store(e, (unsigned int)offset, value);
}

/*
 * Seed: e1000_mmio_read(), reached from handle_mmio() by the callback that pci_init() had
 * registered; QEMU today: the same name, from memory_region_dispatch_read(). Registers are of
 * 32 bits: a narrower read gets its part of one.
 */
WALK uint64_t e1000_mmio_read(void *owner, uint64_t offset, unsigned int size)
{
	struct e1000 *e = owner;
	uint32_t value;

	(void)size;
	pthread_mutex_lock(&e->lock);
	value = reg_read(e, offset & ~3ull);
	pthread_mutex_unlock(&e->lock);
	return value >> (offset & 3) * 8;
}

/* Seed: e1000_mmio_write(). The manual leaves open what a narrower write does: nothing. */
WALK void e1000_mmio_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct e1000 *e = owner;

	if (size != 4 || offset & 3)
		return;
	pthread_mutex_lock(&e->lock);
	reg_write(e, offset, (uint32_t)value);
	pthread_mutex_unlock(&e->lock);
}

/* The I/O BAR (manual, 13.2.2): one port says which register, the other is that register. */
#define IOADDR 0
#define IODATA 4

WALK uint64_t e1000_port_in(void *owner, uint64_t offset, unsigned int size)
{
	struct e1000 *e = owner;
	uint64_t value = UINT64_MAX;

	if (size != 4)
		return value;
	pthread_mutex_lock(&e->lock);
	if (offset == IOADDR)
		value = e->port_addr;
	else if (offset == IODATA)
		value = reg_read(e, e->port_addr & ~3u);
	pthread_mutex_unlock(&e->lock);
	return value;
}

WALK void e1000_port_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct e1000 *e = owner;

	if (size != 4)
		return;
	pthread_mutex_lock(&e->lock);
	if (offset == IOADDR)
		e->port_addr = value & (E1000_MMIO_SIZE - 1);
	else if (offset == IODATA)
		reg_write(e, e->port_addr & ~3u, (uint32_t)value);
	pthread_mutex_unlock(&e->lock);
}
