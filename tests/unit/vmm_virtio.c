/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* virtio's registers, status and rings, with the simplest device behind them. No KVM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/virtio_driver.h"

#define NEXT  VRING_DESC_F_NEXT
#define WRITE VRING_DESC_F_WRITE

static int set_up(void **state)
{
	struct world *w = world_new();
	struct virtio_slot slot = world_slot(w);

	world_plug(w, virtio_rng_new(&slot));
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	world_free(*state);
	return 0;
}

static bool broken(struct world *w)
{
	return reg(w, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

static void identity(void **state)
{
	struct world *w = *state;

	assert_int_equal(reg(w, VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
	assert_int_equal(reg(w, VIRTIO_MMIO_VERSION), 2);
	assert_int_equal(reg(w, VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_RNG);
	assert_int_equal(reg(w, VIRTIO_MMIO_SHM_LEN_LOW), UINT32_MAX);
	assert_int_equal(reg(w, VIRTIO_MMIO_QUEUE_NUM_MAX), VIRTQUEUE_SIZE_MAX);
	set_reg(w, VIRTIO_MMIO_QUEUE_SEL, 1);
	assert_int_equal(reg(w, VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	set_reg(w, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	assert_int_equal(reg(w, VIRTIO_MMIO_DEVICE_FEATURES), 1);
	set_reg(w, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
	assert_int_equal(reg(w, VIRTIO_MMIO_DEVICE_FEATURES), 0);
	/* Registers are accessed whole; this device has no configuration. */
	assert_int_equal(virtio_mmio_read(&w->mmio, VIRTIO_MMIO_MAGIC_VALUE, 1), 0);
	assert_int_equal(reg(w, VIRTIO_MMIO_CONFIG), 0);
	assert_int_equal(reg(w, 0xffc), 0);
}

/* A step of the ladder counts in its turn only, and is not taken back but by a reset. */
static void status_ladder(void **state)
{
	struct world *w = *state;

	set_reg(w, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_DRIVER);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), 0);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_DRIVER);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_DRIVER | VIRTIO_CONFIG_S_DRIVER_OK);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), STATUS_UP_TO_DRIVER);
	set_reg(w, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), STATUS_UP_TO_DRIVER);
	set_reg(w, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_NEEDS_RESET);
	assert_false(broken(w));
	set_reg(w, VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), 0);
}

static void features(void **state)
{
	struct world *w = *state;

	/* Without VERSION_1: a legacy driver. */
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_DRIVER);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_FEATURES);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), STATUS_UP_TO_DRIVER);
	/* What was not offered. */
	set_features(w, VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
				VIRTIO_FEATURE(VIRTIO_RING_F_INDIRECT_DESC));
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_FEATURES);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), STATUS_UP_TO_DRIVER);
	set_features(w, VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_FEATURES);
	assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), STATUS_UP_TO_FEATURES);
	/* They are fixed from here on. */
	set_features(w, VIRTIO_FEATURES_COMMON);
	assert_true(w->dev->driver_features == VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
}

static void queue_in_its_phase(void **state)
{
	struct world *w = *state;

	set_queue(w, 0);
	assert_int_equal(reg(w, VIRTIO_MMIO_QUEUE_READY), 0);
	drive(w, 0);
	assert_int_equal(reg(w, VIRTIO_MMIO_QUEUE_READY), 1);
	set_reg(w, VIRTIO_MMIO_QUEUE_DESC_LOW, 0x8000);
	assert_int_equal(w->dev->queues[0].desc_gpa.v, DESC_GPA);
	set_reg(w, VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(reg(w, VIRTIO_MMIO_QUEUE_READY), 0);
}

/* What a queue must not be: the driver is told that the device needs a reset. */
static void queue_refused(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t value;
	} bad[] = {
		{VIRTIO_MMIO_QUEUE_NUM, 0},
		{VIRTIO_MMIO_QUEUE_NUM, 24},
		{VIRTIO_MMIO_QUEUE_NUM, VIRTQUEUE_SIZE_MAX * 2},
		{VIRTIO_MMIO_QUEUE_NUM, 0x10000 + 16},
		{VIRTIO_MMIO_QUEUE_DESC_LOW, DESC_GPA + 8},
		{VIRTIO_MMIO_QUEUE_DESC_LOW, RAM_SZ - 16 * RING_SIZE + 16},
		{VIRTIO_MMIO_QUEUE_DESC_HIGH, 1},
		{VIRTIO_MMIO_QUEUE_AVAIL_LOW, AVAIL_GPA + 1},
		{VIRTIO_MMIO_QUEUE_AVAIL_LOW, RAM_SZ - 2 * RING_SIZE - 4},
		{VIRTIO_MMIO_QUEUE_AVAIL_HIGH, UINT32_MAX},
		{VIRTIO_MMIO_QUEUE_USED_LOW, USED_GPA + 2},
		{VIRTIO_MMIO_QUEUE_USED_LOW, RAM_SZ - 8 * RING_SIZE - 4},
		{VIRTIO_MMIO_QUEUE_USED_HIGH, 1},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_reg(w, VIRTIO_MMIO_STATUS, 0);
		set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_DRIVER);
		set_features(w, VIRTIO_FEATURES_COMMON);
		set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_FEATURES);
		set_reg(w, VIRTIO_MMIO_QUEUE_NUM, RING_SIZE);
		set_reg(w, VIRTIO_MMIO_QUEUE_DESC_LOW, DESC_GPA);
		set_reg(w, VIRTIO_MMIO_QUEUE_AVAIL_LOW, AVAIL_GPA);
		set_reg(w, VIRTIO_MMIO_QUEUE_USED_LOW, USED_GPA);
		set_reg(w, bad[i].offset, bad[i].value);
		set_reg(w, VIRTIO_MMIO_QUEUE_READY, 1);
		assert_true(broken(w));
		assert_int_equal(reg(w, VIRTIO_MMIO_QUEUE_READY), 0);
	}
}

static void entropy(void **state)
{
	struct world *w = *state;
	uint8_t zeros[64] = {0};

	drive(w, 0);
	set_desc(w, 0, 0, BUFFER_GPA, 24, NEXT | WRITE);
	set_desc(w, 0, 1, BUFFER_GPA + 0x100, 40, WRITE);
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(used(w, 0)->idx, 1);
	assert_int_equal(used(w, 0)->ring[0].id, 0);
	assert_int_equal(used(w, 0)->ring[0].len, 64);
	assert_memory_not_equal(w->ram + BUFFER_GPA, zeros, 24);
	assert_memory_not_equal(w->ram + BUFFER_GPA + 0x100, zeros, 40);
	assert_memory_equal(w->ram + BUFFER_GPA + 24, zeros, 64);
	assert_memory_equal(w->ram + BUFFER_GPA + 0x128, zeros, 64);

	assert_true(w->line_high);
	assert_int_equal(reg(w, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_VRING);
	set_reg(w, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	assert_false(w->line_high);
}

/* A buffer larger than a request gives: the length says how much is in it. */
static void entropy_bounded(void **state)
{
	struct world *w = *state;

	drive(w, 0);
	set_desc(w, 0, 0, BUFFER_GPA, 0x20000, WRITE);
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(used(w, 0)->ring[0].len, 4096);
}

static void no_interrupt_wanted(void **state)
{
	struct world *w = *state;

	drive(w, 0);
	avail(w, 0)->flags = VRING_AVAIL_F_NO_INTERRUPT;
	set_desc(w, 0, 0, BUFFER_GPA, 8, WRITE);
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(used(w, 0)->idx, 1);
	assert_int_equal(w->interrupts, 0);
}

/* With EVENT_IDX the driver names the chain at which it wants to hear of it. */
static void event_idx(void **state)
{
	struct world *w = *state;
	uint16_t *used_event, *avail_event;

	drive(w, VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX));
	used_event = &avail(w, 0)->ring[RING_SIZE];
	avail_event = (uint16_t *)&used(w, 0)->ring[RING_SIZE];
	*used_event = 2;
	set_desc(w, 0, 0, BUFFER_GPA, 8, WRITE);
	for (unsigned int i = 0; i < 2; i++) {
		offer(w, 0, 0);
		kick(w, 0);
	}
	assert_int_equal(w->interrupts, 0);
	assert_int_equal(*avail_event, 2);
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(w->interrupts, 1);
	assert_int_equal(used(w, 0)->idx, 3);
}

/* The indices run on from 65535 to 0, and round the ring. */
static void wraps(void **state)
{
	struct world *w = *state;

	drive(w, VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX));
	set_desc(w, 0, 3, BUFFER_GPA, 1, WRITE);
	for (unsigned int i = 0; i < 70000; i++) {
		offer(w, 0, 3);
		kick(w, 0);
	}
	assert_false(broken(w));
	assert_int_equal(used(w, 0)->idx, (uint16_t)70000);
}

/* Each of these breaks a rule; the device stops, says so, and works again after a reset. */
static void chains_refused(void **state)
{
	static const struct {
		const char *what;
		struct vring_desc desc[2];
		uint16_t head, idx;
	} bad[] = {
		{"head out of the table", {{0}}, RING_SIZE, 1},
		{"head far out", {{0}}, UINT16_MAX, 1},
		{"more chains than the ring holds", {{BUFFER_GPA, 8, WRITE, 0}}, 0, RING_SIZE + 1},
		{"idx run back", {{BUFFER_GPA, 8, WRITE, 0}}, 0, UINT16_MAX},
		{"loop of one", {{BUFFER_GPA, 8, WRITE | NEXT, 0}}, 0, 1},
		{"loop of two",
		 {{BUFFER_GPA, 8, WRITE | NEXT, 1}, {BUFFER_GPA, 8, WRITE | NEXT, 0}}, 0, 1},
		{"next out of the table", {{BUFFER_GPA, 8, WRITE | NEXT, RING_SIZE}}, 0, 1},
		{"not in memory", {{RAM_SZ, 8, WRITE, 0}}, 0, 1},
		{"over the end of memory", {{RAM_SZ - 8, 9, WRITE, 0}}, 0, 1},
		{"wraps the address space", {{UINT64_MAX - 3, 8, WRITE, 0}}, 0, 1},
		{"as long as can be", {{BUFFER_GPA, UINT32_MAX, WRITE, 0}}, 0, 1},
		{"empty", {{BUFFER_GPA, 0, WRITE, 0}}, 0, 1},
		{"indirect", {{BUFFER_GPA, 16, VRING_DESC_F_INDIRECT, 0}}, 0, 1},
		{"to read after to write",
		 {{BUFFER_GPA, 8, WRITE | NEXT, 1}, {BUFFER_GPA, 8, 0, 0}}, 0, 1},
		{"to read, for a device that writes", {{BUFFER_GPA, 8, 0, 0}}, 0, 1},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(w->ram, 0, BUFFER_GPA);
		drive(w, 0);
		memcpy(desc(w, 0, 0), bad[i].desc, sizeof(bad[i].desc));
		avail(w, 0)->ring[0] = bad[i].head;
		avail(w, 0)->idx = bad[i].idx;
		kick(w, 0);
		if (!broken(w))
			fail_msg("%s: taken", bad[i].what);
		assert_int_equal(reg(w, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
		assert_int_equal(used(w, 0)->idx, 0);
		/* Deaf until the reset. */
		set_desc(w, 0, 0, BUFFER_GPA, 8, WRITE);
		avail(w, 0)->ring[0] = 0;
		avail(w, 0)->idx = 1;
		kick(w, 0);
		assert_int_equal(used(w, 0)->idx, 0);
		set_reg(w, VIRTIO_MMIO_STATUS, 0);
		assert_int_equal(reg(w, VIRTIO_MMIO_STATUS), 0);
		assert_false(w->line_high);
		memset(w->ram, 0, BUFFER_GPA);
		drive(w, 0);
		set_desc(w, 0, 0, BUFFER_GPA, 8, WRITE);
		offer(w, 0, 0);
		kick(w, 0);
		assert_int_equal(used(w, 0)->idx, 1);
	}
}

static void deaf_without_driver_ok(void **state)
{
	struct world *w = *state;

	kick(w, 0);
	kick(w, 77);
	drive(w, 0);
	set_desc(w, 0, 0, BUFFER_GPA, 8, WRITE);
	offer(w, 0, 0);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_ALL | VIRTIO_CONFIG_S_FAILED);
	kick(w, 0);
	assert_int_equal(used(w, 0)->idx, 0);
}

static void pieces(void **state)
{
	uint8_t a[3] = {1, 2, 3}, b[4] = {4, 5, 6, 7}, got[8] = {0};
	struct iovec run[] = {{a, 3}, {b, 4}};

	(void)state;
	assert_int_equal(pieces_len(run, 2), 7);
	assert_int_equal(pieces_read(run, 2, 2, got, 3), 3);
	assert_memory_equal(got, ((uint8_t[]){3, 4, 5}), 3);
	assert_int_equal(pieces_read(run, 2, 6, got, 8), 1);
	assert_int_equal(pieces_read(run, 2, 7, got, 8), 0);
	assert_int_equal(pieces_write(run, 2, 1, (uint8_t[]){9, 8, 7}, 3), 3);
	assert_memory_equal(a, ((uint8_t[]){1, 9, 8}), 3);
	assert_int_equal(b[0], 7);
	assert_int_equal(pieces_cut(run, 2, 1, 4), 2);
	assert_ptr_equal(run[0].iov_base, a + 1);
	assert_int_equal(run[0].iov_len, 2);
	assert_int_equal(run[1].iov_len, 2);
	assert_int_equal(pieces_cut(run, 2, 2, 99), 1);
	assert_ptr_equal(run[0].iov_base, b);
	assert_int_equal(pieces_cut(run, 1, 2, 1), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(identity),	      TEST(status_ladder),
		TEST(features),	      TEST(queue_in_its_phase),
		TEST(queue_refused),  TEST(entropy),
		TEST(entropy_bounded), TEST(no_interrupt_wanted),
		TEST(event_idx),      TEST(wraps),
		TEST(chains_refused), TEST(deaf_without_driver_ok),
		cmocka_unit_test(pieces),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
