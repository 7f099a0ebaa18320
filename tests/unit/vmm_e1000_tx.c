/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The e1000's transmitter: descriptors of all kinds, and rings of a hostile driver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/e1000_driver.h"

static void legacy(void **state)
{
	struct driver *d = *state;

	driver_numbered(d, 100);
	driver_queue(d, TX_BUFFER, tx_legacy(40, 0, 0, 0, 0));
	driver_queue(d, TX_BUFFER + 40, tx_legacy(60, CMD_EOP | CMD_RS, 0, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 1);
	assert_int_equal(d->sent_len[0], 100);
	assert_memory_equal(driver_sent(d, 0), driver_at(d, TX_BUFFER), 100);
	assert_int_equal(driver_get(d, E1000_TDH), 2);
	/* Done is reported where it was asked for, and the cause is set. */
	assert_int_equal(driver_desc_high(d, TX_RING, 0) >> 32, 0);
	assert_int_equal(driver_desc_high(d, TX_RING, 1) >> 32, 1);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_TXDW | CAUSE_TXQE);
	assert_int_equal(driver_get(d, E1000_GPTC), 1);
	assert_int_equal(driver_get(d, E1000_GOTCL), 100);
}

/* A frame may be handed over in parts; what is sent is decided by its end. */
static void in_parts(void **state)
{
	struct driver *d = *state;

	driver_numbered(d, 100);
	driver_queue(d, TX_BUFFER, tx_data(50, 0, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 0);
	assert_int_equal(driver_get(d, E1000_TDH), 1);
	driver_queue(d, TX_BUFFER + 50, tx_data(50, CMD_EOP, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 1);
	assert_memory_equal(driver_sent(d, 0), driver_at(d, TX_BUFFER), 100);
}

static void vlan(void **state)
{
	struct driver *d = *state;

	driver_numbered(d, 60);
	driver_queue(d, TX_BUFFER, tx_data(60, CMD_EOP | CMD_VLE, 0, 0x2005));
	driver_kick(d);
	assert_int_equal(d->sent_len[0], 60); /* CTRL.VME is off */
	driver_put(d, E1000_CTRL, CTRL_VME);
	driver_queue(d, TX_BUFFER, tx_data(60, CMD_EOP | CMD_VLE, 0, 0x2005));
	driver_kick(d);
	assert_int_equal(d->sent_len[1], 64);
	assert_memory_equal(driver_sent(d, 1), driver_at(d, TX_BUFFER), 12);
	assert_memory_equal(driver_sent(d, 1) + 12, "\x81\x00\x20\x05", 4);
	assert_memory_equal(driver_sent(d, 1) + 16, driver_at(d, TX_BUFFER + 12), 48);
}

static void when_not(void **state)
{
	struct driver *d = *state;

	driver_put(d, E1000_TCTL, 0);
	driver_queue(d, TX_BUFFER, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_kick(d);
	driver_command(d, PCI_COMMAND_MEMORY);
	driver_put(d, E1000_TCTL, 2);
	assert_int_equal(d->sent_cnt, 0);
	assert_int_equal(driver_get(d, E1000_TDH), 0);
	driver_command(d, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	driver_put(d, E1000_TCTL, 2);
	assert_int_equal(d->sent_cnt, 1);
	/* The link is down: sent into nothing, but done. */
	driver_put(d, E1000_MDIC, 1u << 26 | 1u << 21 | 0x0800);
	driver_queue(d, TX_BUFFER, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 1);
	assert_int_equal(driver_get(d, E1000_TDH), 2);
}

/* TCTL.PSP: to the least length that a wire carries. */
static void pads(void **state)
{
	struct driver *d = *state;

	driver_numbered(d, 60);
	driver_queue(d, TX_BUFFER, tx_legacy(20, CMD_EOP, 0, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_len[0], 20);
	driver_put(d, E1000_TCTL, 0xa);
	driver_queue(d, TX_BUFFER, tx_legacy(59, CMD_EOP, 0, 0, 0));
	driver_queue(d, TX_BUFFER, tx_legacy(20, CMD_EOP, 0, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_len[1], 60);
	assert_int_equal(d->sent_len[2], 60);
	assert_int_equal(driver_sent(d, 2)[19], 19);
	assert_int_equal(driver_sent(d, 2)[20], 0); /* not of the frame before */
}

/* Frames that cannot be sent are dropped whole, and the next one goes out. */
static void drops(void **state)
{
	struct driver *d = *state;

	driver_numbered(d, 100);
	driver_queue(d, TX_BUFFER, tx_legacy(13, CMD_EOP, 0, 0, 0)); /* no Ethernet header */
	driver_queue(d, MEMORY_SZ - 10, tx_legacy(60, 0, 0, 0, 0));  /* runs out of memory */
	driver_queue(d, TX_BUFFER, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_queue(d, UINT64_MAX, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_queue(d, TX_BUFFER, tx_data(0x10000, 0, 0, 0)); /* one byte more than fits */
	driver_queue(d, TX_BUFFER, tx_data(1, CMD_EOP, 0, 0));
	driver_queue(d, 0, tx_data(0xfffff, CMD_EOP, 0, 0));
	driver_queue(d, TX_BUFFER, (uint64_t)CMD_DEXT << 24 | 5u << 20); /* of no known type */
	driver_queue(d, TX_BUFFER, tx_legacy(100, CMD_EOP, 0, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 1);
	assert_int_equal(d->sent_len[0], 100);
	assert_int_equal(driver_get(d, E1000_TDH), 9);
}

static void bad_rings(void **state)
{
	struct driver *d = *state;

	driver_queue(d, TX_BUFFER, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_put(d, E1000_TDT, RING_CNT);
	driver_put(d, E1000_TDT, 0xffff);
	driver_put(d, E1000_TDH, RING_CNT);
	driver_put(d, E1000_TDT, 1);
	assert_int_equal(driver_get(d, E1000_TDH), RING_CNT);
	driver_put(d, E1000_TDH, 0);
	driver_put(d, E1000_TDLEN, 0);
	driver_put(d, E1000_TDT, 1);
	driver_put(d, E1000_TDLEN, RING_CNT * 16);
	driver_put(d, E1000_TDBAH, 1);
	driver_put(d, E1000_TDT, 1);
	assert_int_equal(driver_get(d, E1000_TDH), 0);
	assert_int_equal(driver_get(d, E1000_ICR), 0);
	assert_int_equal(d->sent_cnt, 0);
}

/* However long the ring, one access makes a bounded number of frames; the next ones go on. */
static void bounded(void **state)
{
	struct driver *d = *state;

	driver_put(d, E1000_TDBAL, 0x40000);
	driver_put(d, E1000_TDLEN, 1000 / 8 * 128);
	for (uint32_t i = 0; i < 1000; i++)
		driver_desc(d, 0x40000, i, TX_BUFFER, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_put(d, E1000_TDT, 999);
	assert_int_equal(d->sent_cnt, 256);
	assert_int_equal(driver_get(d, E1000_ICR), 0);
	for (int i = 0; i < 3; i++)
		driver_put(d, E1000_TDT, 999);
	assert_int_equal(d->sent_cnt, 999);
	assert_int_equal(driver_get(d, E1000_ICR), CAUSE_TXQE);
	driver_put(d, E1000_TDT, 1); /* round the end of the ring */
	assert_int_equal(d->sent_cnt, 1001);
	assert_int_equal(driver_get(d, E1000_TDH), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_started, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(legacy),	TEST(in_parts), TEST(vlan),	 TEST(pads),
		TEST(when_not), TEST(drops),	TEST(bad_rings), TEST(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
