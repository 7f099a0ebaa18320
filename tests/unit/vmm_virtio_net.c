/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The virtio network card on a wire of the test's own. No KVM, no TAP. */
#include <errno.h>
#include <linux/virtio_net.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/virtio_driver.h"

#define RX	   0
#define TX	   1
#define NEXT	   VRING_DESC_F_NEXT
#define WRITE	   VRING_DESC_F_WRITE
#define HEADER_LEN 12u

/* What the host has for the guest, and what it got. */
static struct wire {
	struct net_backend backend;
	unsigned int waiting; /* frames of frame_len bytes */
	uint8_t next;	      /* with which the next one is filled */
	size_t frame_len;
	int error;
	unsigned int sent_cnt;
	uint8_t sent[NET_FRAME_MAX + 1];
	size_t sent_len;
	unsigned int freed;
} wire;

static ssize_t wire_receive(struct net_backend *backend, void *frame, size_t len)
{
	(void)backend;
	if (wire.error)
		return wire.error;
	if (!wire.waiting)
		return 0;
	wire.waiting--;
	memset(frame, wire.next++, len < wire.frame_len ? len : wire.frame_len);
	return (ssize_t)(len < wire.frame_len ? len : wire.frame_len);
}

static int wire_send(struct net_backend *backend, const struct iovec *pieces, int cnt)
{
	(void)backend;
	wire.sent_len = pieces_read(pieces, (unsigned int)cnt, 0, wire.sent, sizeof(wire.sent));
	wire.sent_cnt++;
	return wire.error;
}

static void wire_free(struct net_backend *backend)
{
	(void)backend;
	wire.freed++;
}

static int set_up(void **state)
{
	struct world *w = world_new();
	struct virtio_slot slot = world_slot(w);

	wire = (struct wire){.backend = {.fd = -1,
					 .mac = {2, 3, 4, 5, 6, 7},
					 .receive = wire_receive,
					 .send = wire_send,
					 .free = wire_free},
			     .next = 'a',
			     .frame_len = 60};
	world_plug(w, virtio_net_new(&slot, &wire.backend));
	drive(w, VIRTIO_FEATURE(VIRTIO_NET_F_MAC));
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	world_free(*state);
	return wire.freed != 1;
}

static bool broken(struct world *w)
{
	return reg(w, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

/* Gives cnt buffers of len bytes, the i-th at BUFFER_GPA + i * 0x800. */
static void give_buffers(struct world *w, unsigned int cnt, uint32_t len)
{
	for (uint16_t i = 0; i < cnt; i++) {
		set_desc(w, RX, i, BUFFER_GPA + i * 0x800u, len, WRITE);
		offer(w, RX, i);
	}
	kick(w, RX);
}

static uint8_t send_frame(struct world *w, uint32_t len)
{
	set_desc(w, TX, 0, BUFFER_GPA, HEADER_LEN, NEXT);
	set_desc(w, TX, 1, BUFFER_GPA + 0x100, len, 0);
	offer(w, TX, 0);
	kick(w, TX);
	return (uint8_t)used(w, TX)->idx;
}

static void config(void **state)
{
	struct world *w = *state;

	assert_int_equal(reg(w, VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_NET);
	assert_int_equal(reg(w, VIRTIO_MMIO_CONFIG), 0x05040302);
	assert_int_equal(reg(w, VIRTIO_MMIO_CONFIG + 4), 0x0706);
}

static void transmit(void **state)
{
	struct world *w = *state;

	memset(w->ram + BUFFER_GPA, 0xff, HEADER_LEN);
	memset(w->ram + BUFFER_GPA + 0x100, 't', 1518);
	assert_int_equal(send_frame(w, 60), 1);
	assert_int_equal(wire.sent_cnt, 1);
	assert_int_equal(wire.sent_len, 60);
	assert_int_equal(wire.sent[0], 't');
	assert_int_equal(wire.sent[59], 't');
	assert_int_equal(used(w, TX)->ring[0].len, 0);
	assert_int_equal(w->interrupts, 1);
	assert_int_equal(send_frame(w, NET_FRAME_MAX), 2);
	assert_int_equal(wire.sent_len, NET_FRAME_MAX);
}

/* Header and frame in one piece, and a frame in many. */
static void transmit_framing(void **state)
{
	struct world *w = *state;

	for (uint16_t i = 0; i < 100; i++)
		w->ram[BUFFER_GPA + i] = (uint8_t)i;
	set_desc(w, TX, 0, BUFFER_GPA, 100, 0);
	offer(w, TX, 0);
	kick(w, TX);
	assert_int_equal(wire.sent_len, 88);
	assert_int_equal(wire.sent[0], 12);
	assert_int_equal(wire.sent[87], 99);
	for (uint16_t i = 0; i < 10; i++)
		set_desc(w, TX, i, BUFFER_GPA + i * 10u, 10, i < 9 ? NEXT : 0);
	offer(w, TX, 0);
	kick(w, TX);
	assert_int_equal(wire.sent_len, 88);
	assert_int_equal(wire.sent[0], 12);
	assert_int_equal(wire.sent[87], 99);
}

/* What is no frame is lost; what is no request breaks the device. */
static void transmit_refused(void **state)
{
	struct world *w = *state;

	assert_int_equal(send_frame(w, 13), 1);
	assert_int_equal(send_frame(w, NET_FRAME_MAX + 1), 2);
	assert_int_equal(send_frame(w, 65536), 3);
	assert_int_equal(wire.sent_cnt, 0);
	wire.error = -EIO;
	assert_int_equal(send_frame(w, 60), 4);
	assert_false(broken(w));
	set_desc(w, TX, 0, BUFFER_GPA, HEADER_LEN - 1, 0);
	offer(w, TX, 0);
	kick(w, TX);
	assert_true(broken(w));
	memset(w->ram, 0, BUFFER_GPA);
	drive(w, 0);
	set_desc(w, TX, 0, BUFFER_GPA, 100, WRITE);
	offer(w, TX, 0);
	kick(w, TX);
	assert_true(broken(w));
}

static void receive(void **state)
{
	struct world *w = *state;
	uint8_t header[HEADER_LEN] = {[10] = 1};

	give_buffers(w, 4, 1530);
	wire.waiting = 2;
	virtio_net_receive(w->dev);
	assert_int_equal(used(w, RX)->idx, 2);
	assert_int_equal(used(w, RX)->ring[1].id, 1);
	assert_int_equal(used(w, RX)->ring[1].len, HEADER_LEN + 60);
	assert_memory_equal(w->ram + BUFFER_GPA + 0x800, header, HEADER_LEN);
	assert_int_equal(w->ram[BUFFER_GPA + HEADER_LEN], 'a');
	assert_int_equal(w->ram[BUFFER_GPA + 0x800 + HEADER_LEN], 'b');
	assert_int_equal(w->ram[BUFFER_GPA + 0x800 + HEADER_LEN + 59], 'b');
	assert_int_equal(w->ram[BUFFER_GPA + 0x800 + HEADER_LEN + 60], 0);
	assert_int_equal(w->interrupts, 1);
}

/* Without buffers frames wait where they are, and come when there are some. */
static void backpressure(void **state)
{
	struct world *w = *state;

	wire.waiting = 5;
	virtio_net_receive(w->dev);
	assert_int_equal(wire.waiting, 5);
	give_buffers(w, 3, 1530);
	assert_int_equal(wire.waiting, 2);
	assert_int_equal(used(w, RX)->flags, 0); /* a kick is asked for */
	give_buffers(w, 4, 1530);
	assert_int_equal(wire.waiting, 0);
	assert_int_equal(used(w, RX)->idx, 5);
	assert_int_equal(used(w, RX)->flags, VRING_USED_F_NO_NOTIFY);
	assert_int_equal(w->ram[BUFFER_GPA + 0x800 + HEADER_LEN], 'e');
}

static void receive_refused(void **state)
{
	struct world *w = *state;

	give_buffers(w, 1, HEADER_LEN + 59);
	wire.waiting = 1;
	virtio_net_receive(w->dev);
	assert_true(broken(w));
	virtio_net_receive(w->dev); /* deaf */
	memset(w->ram, 0, BUFFER_GPA);
	drive(w, 0);
	set_desc(w, RX, 0, BUFFER_GPA, 1530, 0);
	offer(w, RX, 0);
	wire.waiting = 1;
	kick(w, RX);
	assert_true(broken(w));
}

/* The TAP is gone: no frame comes any more, the guest goes on. */
static void backend_lost(void **state)
{
	struct world *w = *state;

	give_buffers(w, 2, 1530);
	wire.error = -EBADFD;
	virtio_net_receive(w->dev);
	wire.error = 0;
	wire.waiting = 1;
	kick(w, RX);
	assert_int_equal(used(w, RX)->idx, 0);
	assert_false(broken(w));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(config),	       TEST(transmit), TEST(transmit_framing),
		TEST(transmit_refused), TEST(receive),	TEST(backpressure),
		TEST(receive_refused), TEST(backend_lost),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
