/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the e1000 does for a driver that sends: checksums, and frames cut into segments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/e1000_driver.h"

#define IP	34 /* an offset that is not the least possible: behind a VLAN tag and padding */
#define POPT_IP 1
#define POPT_L4 2

/* RFC 1071, done the slow way: the sum of big-endian words, 0 if the checksum in it is right. */
static uint16_t checksum(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static void legacy_checksum(void **state)
{
	struct driver *d = *state;

	driver_numbered(d, 101); /* odd: the last byte is the high half of a word */
	driver_queue(d, TX_BUFFER, tx_legacy(101, CMD_EOP | CMD_IC, 40, 20, 0));
	/* Places outside of the frame: sent as it is. */
	driver_queue(d, TX_BUFFER, tx_legacy(101, CMD_EOP | CMD_IC, 100, 20, 0));
	driver_queue(d, TX_BUFFER, tx_legacy(101, CMD_EOP | CMD_IC, 40, 101, 0));
	driver_kick(d);
	assert_int_equal(get16(driver_sent(d, 0) + 40),
			 checksum(driver_at(d, TX_BUFFER) + 20, 81, 0));
	assert_memory_equal(driver_sent(d, 1), driver_at(d, TX_BUFFER), 101);
	assert_memory_equal(driver_sent(d, 2), driver_at(d, TX_BUFFER), 101);
}

/*
 * A frame of IPv4 (or 6) and TCP (or UDP) with n bytes of data, checksums left to the card:
 * in the field of TCP's is the sum of the pseudo-header, as drivers leave it, but without length.
 */
static size_t packet(struct driver *d, bool v4, bool tcp, size_t n)
{
	uint8_t *frame = driver_at(d, TX_BUFFER), *ip = frame + IP, *l4 = ip + (v4 ? 20 : 40);
	size_t header_len = (size_t)(l4 - frame) + (tcp ? 20 : 8);

	memset(frame, 0, header_len);
	ip[0] = v4 ? 0x45 : 0x60;
	memset(ip + (v4 ? 12 : 8), 0xa7, v4 ? 8 : 32); /* the addresses */
	if (v4)
		ip[5] = 0xff, ip[9] = tcp ? 6 : 17; /* identification 255; protocol */
	if (tcp) {
		memset(l4 + 4, 0xff, 3); /* sequence number 0xffffff00 */
		l4[12] = 0x50;
		l4[13] = 0x19; /* ACK, PSH, FIN */
	}
	for (size_t i = 0; i < n; i++)
		frame[header_len + i] = (uint8_t)(i * 7);
	uint16_t pseudo = (uint16_t)~checksum(ip + (v4 ? 12 : 8), v4 ? 8 : 32, tcp ? 6 : 17);

	memcpy(l4 + (tcp ? 16 : 6), (uint8_t[]){(uint8_t)(pseudo >> 8), (uint8_t)pseudo}, 2);
	return header_len;
}

/* Whether a frame that was sent has right checksums and lengths. */
static void sound(const uint8_t *frame, size_t len, bool v4, bool tcp)
{
	const uint8_t *ip = frame + IP, *l4 = ip + (v4 ? 20 : 40);
	size_t l4_len = len - (size_t)(l4 - frame);
	uint16_t pseudo = (uint16_t)~checksum(ip + (v4 ? 12 : 8), v4 ? 8 : 32, tcp ? 6 : 17);

	if (v4) {
		assert_int_equal(checksum(ip, 20, 0), 0);
		assert_int_equal(get16(ip + 2), len - IP);
	} else {
		assert_int_equal(get16(ip + 4), l4_len);
	}
	if (!tcp)
		assert_int_equal(get16(l4 + 4), l4_len);
	assert_int_equal(checksum(l4, l4_len, pseudo + (uint32_t)l4_len), 0);
}

static void checksums(void **state)
{
	struct driver *d = *state;
	size_t len = packet(d, true, true, 77) + 77;
	uint8_t *frame = driver_at(d, TX_BUFFER);
	uint32_t pseudo = get16(frame + IP + 36) + (uint32_t)(len - IP - 20);

	/* Without segmentation the driver puts the length into the pseudo-header itself. */
	pseudo = (pseudo & 0xffff) + (pseudo >> 16);
	memcpy(frame + IP + 36, (uint8_t[]){(uint8_t)(pseudo >> 8), (uint8_t)pseudo}, 2);
	frame[IP + 3] = (uint8_t)(len - IP);
	driver_queue_context(d, 3, IP, IP + 20, IP + 36, 0, 0);
	driver_queue(d, TX_BUFFER, tx_data((uint32_t)len, CMD_EOP, POPT_IP | POPT_L4, 0));
	driver_queue(d, TX_BUFFER, tx_data((uint32_t)len, CMD_EOP, 0, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 2);
	sound(driver_sent(d, 0), len, true, true);
	assert_memory_equal(driver_sent(d, 1), frame, len);
}

static void segment(struct driver *d, bool v4, bool tcp, size_t n, uint16_t mss)
{
	size_t header_len = packet(d, v4, tcp, n);
	uint8_t l4 = IP + (v4 ? 20 : 40);

	driver_queue_context(d, (uint8_t)(CMD_TSE | v4 << 1 | tcp), IP, l4,
			     (uint8_t)(l4 + (tcp ? 16 : 6)), (uint8_t)header_len, mss);
	driver_queue(d, TX_BUFFER,
		     tx_data((uint32_t)(header_len + n), CMD_TSE | CMD_EOP | CMD_RS,
			     (uint8_t)(POPT_L4 | v4), 0));
	driver_kick(d);
}

static void tcp_segments(void **state)
{
	struct driver *d = *state;

	segment(d, true, true, 1000, 333);
	assert_int_equal(d->sent_cnt, 4);
	for (unsigned int i = 0; i < 4; i++) {
		const uint8_t *frame = driver_sent(d, i), *tcp = frame + IP + 20;
		size_t n = i < 3 ? 333 : 1;

		assert_int_equal(d->sent_len[i], IP + 40 + n);
		sound(frame, d->sent_len[i], true, true);
		assert_memory_equal(tcp + 20, driver_at(d, TX_BUFFER + IP + 40 + i * 333), n);
		assert_int_equal(get16(frame + IP + 4), 255 + i);
		assert_int_equal((uint32_t)(get16(tcp + 4) << 16 | get16(tcp + 6)),
				 (uint32_t)(0xffffff00 + i * 333));
		assert_int_equal(tcp[13], i < 3 ? 0x10 : 0x19);
	}
	assert_int_equal(driver_get(d, E1000_TSCTC), 1);
}

static void other_segments(void **state)
{
	struct driver *d = *state;

	segment(d, false, true, 100, 64);
	assert_int_equal(d->sent_cnt, 2);
	sound(driver_sent(d, 0), d->sent_len[0], false, true);
	sound(driver_sent(d, 1), d->sent_len[1], false, true);
	segment(d, true, false, 100, 100);
	assert_int_equal(d->sent_cnt, 3);
	sound(driver_sent(d, 2), d->sent_len[2], true, false);
	segment(d, false, false, 0, 100); /* nothing but headers */
	assert_int_equal(d->sent_cnt, 4);
	sound(driver_sent(d, 3), d->sent_len[3], false, false);
}

/* A context that makes no sense, or too many segments: the frame is dropped, its end reported. */
static void no_segments(void **state)
{
	struct driver *d = *state;

	segment(d, true, true, 1000, 0);
	segment(d, true, true, 1000, 3);
	assert_int_equal(driver_desc_high(d, TX_RING, 3) >> 32 & 1, 1);
	packet(d, true, true, 100);
	driver_queue_context(d, 7, IP, IP + 20, IP + 36, IP + 38, 50); /* TCP cut short */
	driver_queue(d, TX_BUFFER, tx_data(200, CMD_TSE | CMD_EOP, POPT_L4, 0));
	driver_queue_context(d, 7, IP, IP + 20, 250, IP + 40, 50); /* checksum in the data */
	driver_queue(d, TX_BUFFER, tx_data(200, CMD_TSE | CMD_EOP, POPT_L4, 0));
	driver_queue_context(d, 7, IP, IP, IP + 36, IP + 40, 50); /* no IP header */
	driver_queue(d, TX_BUFFER, tx_data(200, CMD_TSE | CMD_EOP, POPT_L4, 0));
	driver_queue_context(d, 7, IP, IP + 20, IP + 36, IP + 41, 50); /* an odd one of TCP */
	driver_queue(d, TX_BUFFER, tx_data(200, CMD_TSE | CMD_EOP, POPT_L4, 0));
	driver_kick(d);
	driver_queue_context(d, 7, IP, IP + 20, IP + 36, IP + 40, 50);
	*driver_at(d, TX_RING + (d->tail - 1) * 16 + 1) = 250; /* IP's checksum in the data */
	driver_queue(d, TX_BUFFER, tx_data(200, CMD_TSE | CMD_EOP, POPT_IP, 0));
	driver_queue_context(d, 7, IP, IP + 20, IP + 36, IP + 40, 50);
	driver_queue(d, TX_BUFFER, tx_data(IP + 39, CMD_TSE | CMD_EOP, POPT_L4, 0));
	driver_kick(d);
	assert_int_equal(d->sent_cnt, 0);
	assert_int_equal(driver_get(d, E1000_TDH), d->tail);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_started, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(legacy_checksum), TEST(checksums),	  TEST(tcp_segments),
		TEST(other_segments),  TEST(no_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
