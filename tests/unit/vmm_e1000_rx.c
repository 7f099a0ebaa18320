/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The e1000's receiver: which frames it takes, where it puts them, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/e1000_driver.h"

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
	driver_mdic(d, 1, 0, 1, 0x0800); /* the PHY is off */
	arrive(d, broadcast, 100);
	assert_int_equal(DONE(d), 0);
	driver_mdic(d, 1, 0, 1, 0x1140);

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
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_new, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(receives),	  TEST(filters), TEST(multicast_table), TEST(several_buffers),
		TEST(ring_fills), TEST(vlan),	 TEST(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
