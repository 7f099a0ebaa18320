/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The e1000's registers, EEPROM, PHY, interrupt and receiver, as a driver sees them. No KVM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/e1000_driver.h"

static int set_up(void **state)
{
	*state = driver_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	driver_free(*state);
	return 0;
}

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

static uint32_t mdic(struct driver *d, uint32_t phy, uint32_t reg, uint32_t op, uint32_t data)
{
	driver_put(d, E1000_MDIC, op << 26 | phy << 21 | reg << 16 | data);
	return driver_get(d, E1000_MDIC);
}

static void phy(void **state)
{
	struct driver *d = *state;

	assert_int_equal(mdic(d, 1, 2, 2, 0) & 0xffff, 0x0141);
	assert_int_equal(mdic(d, 1, 3, 2, 0) & 0xffff, 0x0c20);
	assert_int_equal(mdic(d, 1, 1, 2, 0) & 0x1000ffff, 0x1000796d);
	assert_int_equal(mdic(d, 2, 1, 2, 0) & 0x50000000, 0x50000000);
	assert_int_equal(mdic(d, 1, 1, 0, 0) & 0x50000000, 0x50000000);
	/* Reset and negotiation are over at once. */
	mdic(d, 1, 0, 1, 0x9200);
	assert_int_equal(mdic(d, 1, 0, 2, 0) & 0xffff, 0x1140);
	mdic(d, 1, 0, 1, 0x1340);
	assert_int_equal(mdic(d, 1, 0, 2, 0) & 0xffff, 0x1140);
	driver_get(d, E1000_ICR);
	mdic(d, 1, 0, 2 | 8, 0); /* with the interrupt at its end */
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_MDAC);
	/* With the power goes the link, and the driver hears of it. */
	driver_put(d, E1000_IMS, CAUSE_LSC);
	driver_get(d, E1000_ICR);
	mdic(d, 1, 0, 1, 0x0800);
	assert_true(d->line);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_LSC);
	assert_int_equal(driver_get(d, E1000_STATUS), 0x280);
	assert_int_equal(mdic(d, 1, 1, 2, 0) & 0x24, 0);
	assert_int_equal(mdic(d, 1, 17, 2, 0) & 0xffff, 0);
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

/* The receiver. */

static const uint8_t broadcast[ETH_ALEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void arrive(struct driver *d, const uint8_t *to, size_t len)
{
	uint8_t frame[NET_FRAME_MAX];

	for (size_t i = 0; i < len; i++)
		frame[i] = (uint8_t)i;
	memcpy(frame, to, ETH_ALEN);
	e1000_receive(d->card, frame, len);
}

#define DONE(d) driver_get(d, E1000_RDH)

static void receives(void **state)
{
	struct driver *d = *state;

	driver_start(d);
	driver_put(d, E1000_IMS, CAUSE_RXT0);
	arrive(d, driver_mac, 100);
	assert_int_equal(DONE(d), 1);
	assert_true(d->line);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_RXT0);
	/* 4 bytes of checksum; done, end of packet, checksums not looked at. */
	assert_int_equal(driver_desc_high(d, RX_RING, 0), 0x0700000068);
	assert_memory_equal(driver_at(d, RX_BUFFER), driver_mac, ETH_ALEN);
	assert_int_equal(driver_at(d, RX_BUFFER)[99], 99);
	/* A short one is padded to 60 bytes; RCTL.SECRC takes the checksum away. */
	memset(driver_at(d, RX_BUFFER + RX_SIZE), 0x55, 100);
	driver_put(d, E1000_RCTL, 0x04008002);
	arrive(d, driver_mac, 42);
	assert_int_equal(driver_desc_high(d, RX_RING, 1), 0x070000003c);
	assert_int_equal(driver_at(d, RX_BUFFER + RX_SIZE)[59], 0);
	assert_int_equal(driver_at(d, RX_BUFFER + RX_SIZE)[60], 0x55);
	assert_int_equal(driver_get(d, E1000_GPRC), 2);
	assert_int_equal(driver_get(d, E1000_GORCL), 164);
	assert_int_equal(driver_get(d, E1000_GORCH), 0);
	assert_int_equal(driver_get(d, E1000_GORCL), 0);
}

static void filters(void **state)
{
	static const uint8_t other[ETH_ALEN] = {0x02, 'k', 'v', 'm', 0x12, 0x35};
	static const uint8_t many[ETH_ALEN] = {0x01, 0, 0x5e, 0, 0x12, 0x34};
	struct driver *d = *state;

	driver_start(d);
	arrive(d, other, 100);
	arrive(d, many, 100);
	assert_int_equal(DONE(d), 0);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 1);
	driver_put(d, E1000_RCTL, 0x0002);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 1);
	driver_put(d, E1000_RCTL, 0x000a); /* unicast promiscuous */
	arrive(d, many, 100);
	arrive(d, other, 100);
	assert_int_equal(DONE(d), 2);
	driver_put(d, E1000_RCTL, 0x0012); /* multicast promiscuous */
	arrive(d, other, 100);
	arrive(d, many, 100);
	assert_int_equal(DONE(d), 3);
	/* A second address of ours; without its valid bit it is none. */
	driver_put(d, E1000_RCTL, 0x0002);
	driver_put(d, E1000_RA + 15 * 8, 0x6d766b02);
	driver_put(d, E1000_RA + 15 * 8 + 4, 0x3512);
	arrive(d, other, 100);
	assert_int_equal(DONE(d), 3);
	driver_put(d, E1000_RA + 15 * 8 + 4, 0x80003512);
	arrive(d, other, 100);
	assert_int_equal(DONE(d), 4);
	assert_int_equal(driver_get(d, E1000_BPRC), 1);
	assert_int_equal(driver_get(d, E1000_MPRC), 1);
	assert_int_equal(driver_get(d, E1000_TPR), 10);
}

/* 12 bits of the last two bytes of the address, 0x3412: which 12, RCTL.MO says. */
static void multicast_table(void **state)
{
	static const uint8_t many[ETH_ALEN] = {0x01, 0, 0x5e, 0, 0x12, 0x34};
	static const uint32_t hashes[] = {0x341, 0x682, 0xd04, 0x412};
	struct driver *d = *state;

	driver_start(d);
	for (uint32_t mo = 0; mo < 4; mo++) {
		driver_put(d, E1000_RCTL, 2 | mo << 12);
		arrive(d, many, 100);
		assert_int_equal(DONE(d), mo);
		driver_put(d, E1000_MTA + hashes[mo] / 32 * 4, 1u << hashes[mo] % 32);
		arrive(d, many, 100);
		assert_int_equal(DONE(d), mo + 1);
		driver_put(d, E1000_MTA + hashes[mo] / 32 * 4, 0);
	}
}

static void several_buffers(void **state)
{
	struct driver *d = *state;

	driver_start(d);
	driver_put(d, E1000_RCTL, 0x38002); /* of 256 bytes */
	arrive(d, broadcast, 510);	    /* with the checksum 514: 256, 256, 2 */
	assert_int_equal(DONE(d), 3);
	assert_int_equal(driver_desc_high(d, RX_RING, 0), 0x0100000100);
	assert_int_equal(driver_desc_high(d, RX_RING, 1), 0x0100000100);
	assert_int_equal(driver_desc_high(d, RX_RING, 2), 0x0700000002);
	assert_int_equal(driver_at(d, RX_BUFFER + RX_SIZE)[0], 0);
	assert_int_equal(driver_at(d, RX_BUFFER + RX_SIZE)[253], 253);
	assert_int_equal(driver_at(d, RX_BUFFER + RX_SIZE)[254], 0);
	driver_put(d, E1000_RCTL, 0x2038002); /* of 16 times 256 */
	arrive(d, broadcast, 1000);
	assert_int_equal(driver_desc_high(d, RX_RING, 3), 0x07000003ec);
}

static void ring_fills(void **state)
{
	struct driver *d = *state;

	driver_start(d);
	for (uint32_t i = 0; i < 6; i++)
		arrive(d, broadcast, 100);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_RXT0);
	arrive(d, broadcast, 100); /* half of 16 is left */
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_RXT0 | CAUSE_RXDMT0);
	for (uint32_t i = 7; i < 15; i++)
		arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 15);
	driver_get(d, E1000_ICR);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 15);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_RXO);
	assert_int_equal(driver_get(d, E1000_MPC), 1);
	/* Some are given back: it goes round the end of the ring. */
	driver_put(d, E1000_RDT, 1);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 0);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 1);
}

static void vlan(void **state)
{
	static const uint8_t tag[] = {0x81, 0, 0x20, 0x05};
	uint8_t frame[100] = {0};
	struct driver *d = *state;

	driver_start(d);
	driver_put(d, E1000_RCTL, 0x48002); /* by the table: nothing yet */
	memcpy(frame, broadcast, ETH_ALEN);
	memcpy(frame + 12, tag, 4);
	frame[16] = 0x77;
	e1000_receive(d->card, frame, 100);
	assert_int_equal(DONE(d), 0);
	driver_put(d, E1000_VFTA, 1u << 5);
	e1000_receive(d->card, frame, 100);
	assert_int_equal(DONE(d), 1);
	assert_int_equal(driver_desc_high(d, RX_RING, 0), 0x0700000068);
	driver_put(d, E1000_CTRL, CTRL_VME);
	e1000_receive(d->card, frame, 100);
	assert_true(driver_desc_high(d, RX_RING, 1) == 0x2005000f00000064);
	assert_int_equal(driver_at(d, RX_BUFFER + RX_SIZE)[12], 0x77);
	/* Too short to hold the tag that it announces: it is none. */
	memcpy(frame + 12, tag, 4);
	e1000_receive(d->card, frame, 17);
	assert_int_equal(driver_desc_high(d, RX_RING, 2), 0x0700000040);
}

/* When not to receive, and rings that no sound driver would set up. */
static void refuses(void **state)
{
	struct driver *d = *state;
	uint8_t frame[NET_FRAME_MAX + 4] = {0};

	driver_start(d);
	arrive(d, broadcast, 13);
	memcpy(frame, broadcast, ETH_ALEN);
	e1000_receive(d->card, frame, NET_FRAME_MAX + 1);
	assert_int_equal(DONE(d), 0);
	driver_command(d, PCI_COMMAND_MEMORY);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 0);
	driver_command(d, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	driver_put(d, E1000_RCTL, 0x8000);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 0);
	driver_put(d, E1000_RCTL, 0x8002);
	mdic(d, 1, 0, 1, 0x0800); /* the PHY is off */
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 0);
	mdic(d, 1, 0, 1, 0x1140);

	driver_put(d, E1000_RDT, 16);
	arrive(d, broadcast, 100);
	driver_put(d, E1000_RDT, 15);
	driver_put(d, E1000_RDLEN, 0);
	arrive(d, broadcast, 100);
	driver_put(d, E1000_RDLEN, 256);
	driver_put(d, E1000_RDBAH, 0xffffffff);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 0);
	driver_put(d, E1000_RDBAH, 0);
	driver_put(d, E1000_RDBAL, MEMORY_SZ - 16); /* only the first one is in memory */
	driver_desc(d, MEMORY_SZ - 16, 0, MEMORY_SZ - 50, 0);
	driver_put(d, E1000_RCTL, 0x8002);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 1);
	/* The buffer runs out of memory: the descriptor says that data are missing. */
	assert_true(driver_desc_high(d, MEMORY_SZ - 16, 0) == 0x800700000068);
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(registers), TEST(reset),		TEST(eeprom_by_word),  TEST(eeprom_wires),
		TEST(phy),	 TEST(interrupts),	TEST(throttle),	       TEST(receives),
		TEST(filters),	 TEST(multicast_table), TEST(several_buffers), TEST(ring_fills),
		TEST(vlan),	 TEST(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
