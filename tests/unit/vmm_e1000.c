/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The e1000's registers, EEPROM, PHY and interrupt, as a driver sees them. No KVM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/e1000_driver.h"

static void registers(void **state)
{
	struct driver *d = *state;

	assert_int_equal(driver_get(d, E1000_STATUS), 0x283);
	driver_put(d, E1000_STATUS, 0);
	assert_int_equal(driver_get(d, E1000_STATUS), 0x283);
	driver_put(d, E1000_RDLEN, 0xffffffff);
	assert_int_equal(driver_get(d, E1000_RDLEN), 0xfff80);
	driver_put(d, E1000_MTA + 127 * 4, 0x12345678);
	assert_int_equal(driver_get(d, E1000_MTA + 127 * 4), 0x12345678);
	/* A narrow read gets its part, a narrow write does nothing. */
	assert_int_equal(e1000_mmio_read(d->card, E1000_MTA + 127 * 4 + 2, 2), 0x1234);
	e1000_mmio_write(d->card, E1000_MTA + 127 * 4, 1, 0);
	e1000_mmio_write(d->card, E1000_MTA + 127 * 4 + 2, 4, 0);
	assert_int_equal(driver_get(d, E1000_MTA + 127 * 4), 0x12345678);
	/* Nothing there. */
	driver_put(d, 0x1f000, 1);
	assert_int_equal(driver_get(d, 0x1f000), 0);
	driver_put(d, 0x4, 1);
	assert_int_equal(driver_get(d, 0x4), 0);
}

/* Linux resets the card through the I/O BAR. */
static void reset(void **state)
{
	struct driver *d = *state;

	driver_put(d, E1000_RDBAH, 7);
	driver_put(d, E1000_RA, 0);
	driver_put(d, E1000_MTA, 5);
	driver_put(d, E1000_IMS, CAUSE_LSC);
	driver_put(d, E1000_ICS, CAUSE_LSC);
	assert_true(d->line);
	e1000_port_out(d->card, 0, 4, 0xffffffff);
	assert_int_equal(e1000_port_in(d->card, 0, 4), E1000_MMIO_SIZE - 1);
	e1000_port_out(d->card, 0, 4, E1000_CTRL);
	assert_int_equal(e1000_port_in(d->card, 0, 4), E1000_CTRL);
	e1000_port_out(d->card, 4, 4, e1000_port_in(d->card, 4, 4) | CTRL_RST);
	assert_false(d->line);
	assert_int_equal(driver_get(d, E1000_CTRL) & CTRL_RST, 0);
	assert_int_equal(driver_get(d, E1000_RDBAH), 0);
	assert_int_equal(driver_get(d, E1000_RA), 0x6d766b02);
	assert_int_equal(driver_get(d, E1000_RA + 4), 0x80003412);
	assert_int_equal(driver_get(d, E1000_IMS), 0);
	assert_int_equal(driver_get(d, E1000_MTA), 5); /* tables are not reset */
}

static void eeprom_by_word(void **state)
{
	struct driver *d = *state;
	uint16_t sum = 0;

	for (uint32_t i = 0; i < 64; i++) {
		driver_put(d, E1000_EERD, i << 8 | 1);
		assert_int_equal(driver_get(d, E1000_EERD) & 0x10, 0x10);
		sum = (uint16_t)(sum + (driver_get(d, E1000_EERD) >> 16));
	}
	assert_int_equal(sum, 0xbaba);
	driver_put(d, E1000_EERD, 64 << 8 | 1);
	assert_int_equal(driver_get(d, E1000_EERD) >> 16, 0xffff);
}

#define SK 0x001u
#define CS 0x002u
#define DI 0x004u
#define DO 0x008u
#define RQ 0x040u

static bool clock_wires(struct driver *d, uint32_t wires)
{
	bool out;

	driver_put(d, E1000_EECD, wires);
	driver_put(d, E1000_EECD, wires | SK);
	driver_put(d, E1000_EECD, wires | SK); /* high already: this is no edge */
	out = driver_get(d, E1000_EECD) & DO;
	driver_put(d, E1000_EECD, wires);
	return out;
}

/* Opcode and address, 3 and 6 bits, then 16 bits of answer, as Linux's driver clocks them. */
static uint16_t eeprom_by_wire(struct driver *d, uint32_t command)
{
	uint16_t word = 0;

	driver_put(d, E1000_EECD, RQ);
	assert_int_equal(driver_get(d, E1000_EECD) & 0x1c0, 0x1c0);
	driver_put(d, E1000_EECD, RQ | CS);
	assert_true(clock_wires(d, RQ | CS)); /* before the start bit */
	for (int i = 8; i >= 0; i--)
		clock_wires(d, RQ | CS | (command >> i & 1 ? DI : 0));
	assert_false(driver_get(d, E1000_EECD) & DO); /* the 0 before the answer */
	for (int i = 0; i < 16; i++)
		word = (uint16_t)(word << 1 | clock_wires(d, RQ | CS));
	driver_put(d, E1000_EECD, 0);
	assert_int_equal(driver_get(d, E1000_EECD) & (RQ << 1), 0);
	return word;
}

static void eeprom_wires(void **state)
{
	struct driver *d = *state;

	assert_int_equal(eeprom_by_wire(d, 6u << 6 | 0), 0x6b02);
	assert_int_equal(eeprom_by_wire(d, 6u << 6 | 2), 0x3412);
	assert_int_equal(eeprom_by_wire(d, 6u << 6 | 0x0d), 0x100e);
	/* Not a read: nothing is written, and the answer is all ones. */
	assert_int_equal(eeprom_by_wire(d, 5u << 6 | 2), 0xffff);
	assert_int_equal(eeprom_by_wire(d, 6u << 6 | 2), 0x3412);
}

static void phy(void **state)
{
	struct driver *d = *state;

	assert_int_equal(driver_mdic(d, 1, 2, 2, 0) & 0xffff, 0x0141);
	assert_int_equal(driver_mdic(d, 1, 3, 2, 0) & 0xffff, 0x0c20);
	assert_int_equal(driver_mdic(d, 1, 1, 2, 0) & 0x1000ffff, 0x1000796d);
	assert_int_equal(driver_mdic(d, 2, 1, 2, 0) & 0x50000000, 0x50000000);
	assert_int_equal(driver_mdic(d, 1, 1, 0, 0) & 0x50000000, 0x50000000);
	/* Reset and negotiation are over at once. */
	driver_mdic(d, 1, 0, 1, 0x9200);
	assert_int_equal(driver_mdic(d, 1, 0, 2, 0) & 0xffff, 0x1140);
	driver_mdic(d, 1, 0, 1, 0x1340);
	assert_int_equal(driver_mdic(d, 1, 0, 2, 0) & 0xffff, 0x1140);
	driver_get(d, E1000_ICR);
	driver_mdic(d, 1, 0, 2 | 8, 0); /* with the interrupt at its end */
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_MDAC);
	/* With the power goes the link, and the driver hears of it. */
	driver_put(d, E1000_IMS, CAUSE_LSC);
	driver_get(d, E1000_ICR);
	driver_mdic(d, 1, 0, 1, 0x0800);
	assert_true(d->line);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_LSC);
	assert_int_equal(driver_get(d, E1000_STATUS), 0x280);
	assert_int_equal(driver_mdic(d, 1, 1, 2, 0) & 0x24, 0);
	assert_int_equal(driver_mdic(d, 1, 17, 2, 0) & 0xffff, 0);
	driver_put(d, E1000_CTRL, CTRL_PHY_RST);
	assert_int_equal(driver_get(d, E1000_STATUS), 0x283);
}

static void interrupts(void **state)
{
	struct driver *d = *state;

	driver_put(d, E1000_ICS, CAUSE_RXT0 | CAUSE_LSC);
	assert_false(d->line);
	driver_put(d, E1000_IMS, CAUSE_RXT0);
	assert_true(d->line);
	assert_int_equal(driver_get(d, E1000_IMS), CAUSE_RXT0);
	driver_put(d, E1000_ICR, CAUSE_RXT0);
	assert_false(d->line);
	driver_put(d, E1000_ICS, CAUSE_RXT0);
	assert_true(d->line);
	driver_put(d, E1000_IMC, CAUSE_RXT0);
	assert_false(d->line);
	driver_put(d, E1000_IMS, CAUSE_RXT0 | CAUSE_LSC);
	assert_true(d->line);
	/* A read takes all of them, and the line falls. */
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_RXT0 | CAUSE_LSC);
	assert_false(d->line);
	assert_int_equal(driver_get(d, E1000_ICR), 0);
	driver_put(d, E1000_ICS, 0xffffffff);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_ALL);
}

static void throttle(void **state)
{
	struct irq_throttle t = {0};

	(void)state;
	assert_int_equal(irq_throttle(&t, 1000, 50), 0);
	assert_int_equal(irq_throttle(&t, 1010, 50), 40);
	assert_int_equal(irq_throttle(&t, 1049, 50), 1);
	assert_int_equal(irq_throttle(&t, 1050, 50), 0);
	/* No interval, no wait; and after a shorter one was set, none of the old length. */
	assert_int_equal(irq_throttle(&t, 1051, 0), 0);
	assert_int_equal(irq_throttle(&t, 2000, 1000), 0);
	assert_int_equal(irq_throttle(&t, 2001, 10), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_new, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(registers), TEST(reset),	   TEST(eeprom_by_word), TEST(eeprom_wires),
		TEST(phy),	 TEST(interrupts), TEST(throttle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
