/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The virtio disk on an image in memory, and the opening of images. No KVM. */
#include <errno.h>
#include <linux/virtio_blk.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/virtio_driver.h"

#define NEXT	VRING_DESC_F_NEXT
#define WRITE	VRING_DESC_F_WRITE
#define SECTORS 64u

#define HEAD_GPA   BUFFER_GPA
#define STATUS_GPA (BUFFER_GPA + 0x100)
#define DATA_GPA   (BUFFER_GPA + 0x1000)
#define UNTOUCHED  0xee

static int image;

static struct world *plug(bool read_only)
{
	struct world *w = world_new();
	struct virtio_slot slot = world_slot(w);
	struct disk disk = {.read_only = read_only, .sector_cnt = SECTORS};

	image = memfd_create("image", 0);
	assert_int_equal(ftruncate(image, SECTORS * SECTOR_SZ), 0);
	disk.fd = dup(image);
	world_plug(w, virtio_blk_new(&slot, &disk, "disk.img"));
	drive(w, w->dev->features & ~VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX));
	return w;
}

static int set_up(void **state)
{
	*state = plug(false);
	return 0;
}

static int set_up_read_only(void **state)
{
	*state = plug(true);
	return 0;
}

static int tear_down(void **state)
{
	world_free(*state);
	close(image);
	return 0;
}

/* One request with len bytes of data at DATA_GPA. Returns its status, or UNTOUCHED. */
static uint8_t request(struct world *w, uint32_t type, uint64_t sector, uint32_t len, uint16_t flags)
{
	struct virtio_blk_outhdr head = {.type = type, .sector = sector};
	uint16_t status_i = len ? 2 : 1;

	memcpy(w->ram + HEAD_GPA, &head, sizeof(head));
	w->ram[STATUS_GPA] = UNTOUCHED;
	set_desc(w, 0, 0, HEAD_GPA, sizeof(head), NEXT);
	if (len)
		set_desc(w, 0, 1, DATA_GPA, len, NEXT | flags);
	set_desc(w, 0, status_i, STATUS_GPA, 1, WRITE);
	offer(w, 0, 0);
	kick(w, 0);
	return w->ram[STATUS_GPA];
}

static void config(void **state)
{
	struct world *w = *state;

	assert_int_equal(reg(w, VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_BLOCK);
	assert_int_equal(reg(w, VIRTIO_MMIO_CONFIG), SECTORS);
	assert_int_equal(reg(w, VIRTIO_MMIO_CONFIG + 4), 0);
	assert_int_equal(virtio_mmio_read(&w->mmio, VIRTIO_MMIO_CONFIG + 1, 1), 0);
	assert_int_equal(virtio_mmio_read(&w->mmio, VIRTIO_MMIO_CONFIG + 8, 2), 0);
	assert_int_equal(virtio_mmio_read(&w->mmio, VIRTIO_MMIO_CONFIG + 10, 2), 1);
	/* Over its end, and far beyond. */
	assert_int_equal(virtio_mmio_read(&w->mmio,
					  VIRTIO_MMIO_CONFIG + sizeof(struct virtio_blk_config) - 1, 4),
			 0);
	assert_int_equal(reg(w, 0xffc), 0);
	set_reg(w, VIRTIO_MMIO_CONFIG, 1);
	assert_int_equal(reg(w, VIRTIO_MMIO_CONFIG), SECTORS);
}

static void write_and_read(void **state)
{
	struct world *w = *state;
	uint8_t back[1024];

	memset(w->ram + DATA_GPA, 'a', 512);
	memset(w->ram + DATA_GPA + 512, 'b', 512);
	assert_int_equal(request(w, VIRTIO_BLK_T_OUT, 3, 1024, 0), VIRTIO_BLK_S_OK);
	assert_int_equal(used(w, 0)->ring[0].len, 1);
	assert_int_equal(pread(image, back, 1024, 3 * 512), 1024);
	assert_memory_equal(back, w->ram + DATA_GPA, 1024);

	memset(w->ram + DATA_GPA, 0, 1024);
	assert_int_equal(request(w, VIRTIO_BLK_T_IN, 4, 512, WRITE), VIRTIO_BLK_S_OK);
	assert_int_equal(used(w, 0)->ring[1].len, 513);
	assert_int_equal(w->ram[DATA_GPA], 'b');
	assert_int_equal(w->ram[DATA_GPA + 511], 'b');
	assert_int_equal(w->ram[DATA_GPA + 512], 0);
	assert_int_equal(request(w, VIRTIO_BLK_T_FLUSH, 0, 0, 0), VIRTIO_BLK_S_OK);
	assert_int_equal(w->interrupts, 1); /* not acknowledged: the line stays high */
}

/* Header, data and status split and joined as no driver would: only the bytes count. */
static void odd_framing(void **state)
{
	struct world *w = *state;
	struct virtio_blk_outhdr head = {.type = VIRTIO_BLK_T_OUT, .sector = 1};
	uint8_t back[512];

	memcpy(w->ram + HEAD_GPA, &head, 16);
	memset(w->ram + HEAD_GPA + 16, 'x', 512);
	set_desc(w, 0, 0, HEAD_GPA, 5, NEXT);
	set_desc(w, 0, 1, HEAD_GPA + 5, 20, NEXT);
	set_desc(w, 0, 2, HEAD_GPA + 25, 503, NEXT);
	set_desc(w, 0, 3, DATA_GPA, 1, WRITE);
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(w->ram[DATA_GPA], VIRTIO_BLK_S_OK);
	assert_int_equal(pread(image, back, 512, 512), 512);
	assert_memory_equal(back, w->ram + HEAD_GPA + 16, 512);

	head = (struct virtio_blk_outhdr){.type = VIRTIO_BLK_T_IN, .sector = 1};
	memcpy(w->ram + HEAD_GPA, &head, 16);
	set_desc(w, 0, 0, HEAD_GPA, 16, NEXT);
	set_desc(w, 0, 1, DATA_GPA, 500, NEXT | WRITE);
	set_desc(w, 0, 2, DATA_GPA + 0x800, 13, WRITE); /* 12 of data and the status */
	w->ram[DATA_GPA + 0x80c] = UNTOUCHED;
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(w->ram[DATA_GPA + 0x80c], VIRTIO_BLK_S_OK);
	assert_int_equal(w->ram[DATA_GPA + 0x80b], 'x');
	assert_int_equal(w->ram[DATA_GPA + 499], 'x');
}

static void refused(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t sector;
		uint32_t len;
		uint16_t flags;
		uint8_t status;
	} bad[] = {
		{VIRTIO_BLK_T_IN, SECTORS, 512, WRITE, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_IN, SECTORS - 1, 1024, WRITE, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_IN, UINT64_MAX, 512, WRITE, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_IN, 1ull << 55, 512, WRITE, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_IN, 0, 511, WRITE, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_OUT, SECTORS, 512, 0, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_OUT, 0, 513, 0, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_IN, 0, 65536 + 512, WRITE, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_SECURE_ERASE, 0, 16, 0, VIRTIO_BLK_S_UNSUPP},
		{VIRTIO_BLK_T_GET_ID + 1000, 0, 512, WRITE, VIRTIO_BLK_S_UNSUPP},
		{UINT32_MAX, 0, 0, 0, VIRTIO_BLK_S_UNSUPP},
		{VIRTIO_BLK_T_DISCARD, 0, 0, 0, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_DISCARD, 0, 15, 0, VIRTIO_BLK_S_IOERR},
		{VIRTIO_BLK_T_DISCARD, 0, 17 * 16, 0, VIRTIO_BLK_S_IOERR},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(request(w, bad[i].type, bad[i].sector, bad[i].len, bad[i].flags),
				 bad[i].status);
	assert_int_equal(lseek(image, 0, SEEK_END), SECTORS * SECTOR_SZ);
	/* A refusal is an answer: the device goes on. */
	assert_int_equal(request(w, VIRTIO_BLK_T_FLUSH, 0, 0, 0), VIRTIO_BLK_S_OK);
}

/* A request that there is no place to answer: the driver is broken. */
static void no_status(void **state)
{
	struct world *w = *state;

	set_desc(w, 0, 0, HEAD_GPA, 16, 0);
	offer(w, 0, 0);
	kick(w, 0);
	assert_int_equal(used(w, 0)->idx, 0);
	assert_true(reg(w, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET);
	drive(w, 0);
	memset(w->ram, 0, BUFFER_GPA);
	set_desc(w, 0, 0, HEAD_GPA, 15, NEXT);
	set_desc(w, 0, 1, STATUS_GPA, 1, WRITE);
	offer(w, 0, 0);
	kick(w, 0);
	assert_true(reg(w, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET);
}

static void id(void **state)
{
	struct world *w = *state;
	uint8_t want[VIRTIO_BLK_ID_BYTES] = "disk.img";

	memset(w->ram + DATA_GPA, 'z', 64);
	assert_int_equal(request(w, VIRTIO_BLK_T_GET_ID, 0, 20, WRITE), VIRTIO_BLK_S_OK);
	assert_memory_equal(w->ram + DATA_GPA, want, 20);
	assert_int_equal(w->ram[DATA_GPA + 20], 'z');
	/* Less room than it needs. */
	memset(w->ram + DATA_GPA, 'z', 64);
	assert_int_equal(request(w, VIRTIO_BLK_T_GET_ID, 0, 4, WRITE), VIRTIO_BLK_S_OK);
	assert_memory_equal(w->ram + DATA_GPA, "diskzz", 6);
}

static uint8_t range_request(struct world *w, uint32_t type, uint64_t sector, uint32_t cnt,
			     uint32_t flags)
{
	struct virtio_blk_discard_write_zeroes range = {sector, cnt, flags};

	memcpy(w->ram + DATA_GPA, &range, sizeof(range));
	return request(w, type, 0, sizeof(range), 0);
}

static void discards(void **state)
{
	static const uint32_t types[] = {VIRTIO_BLK_T_DISCARD, VIRTIO_BLK_T_WRITE_ZEROES};
	struct world *w = *state;
	uint8_t sector[512], byte;

	for (unsigned int i = 0; i < 2; i++) {
		uint32_t unmap = i ? VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0;

		memset(sector, 'd', 512);
		for (unsigned int n = 0; n < SECTORS; n++)
			assert_int_equal(pwrite(image, sector, 512, n * 512), 512);
		assert_int_equal(range_request(w, types[i], 8, 8, unmap), VIRTIO_BLK_S_OK);
		assert_int_equal(pread(image, &byte, 1, 8 * 512 - 1), 1);
		assert_int_equal(byte, 'd');
		assert_int_equal(pread(image, &byte, 1, 8 * 512), 1);
		assert_int_equal(byte, 0);
		assert_int_equal(pread(image, &byte, 1, 16 * 512 - 1), 1);
		assert_int_equal(byte, 0);
		assert_int_equal(pread(image, &byte, 1, 16 * 512), 1);
		assert_int_equal(byte, 'd');
		assert_int_equal(range_request(w, types[i], SECTORS - 1, 2, 0), VIRTIO_BLK_S_IOERR);
		assert_int_equal(range_request(w, types[i], UINT64_MAX, 2, 0), VIRTIO_BLK_S_IOERR);
		assert_int_equal(range_request(w, types[i], 0, UINT32_MAX, 0), VIRTIO_BLK_S_IOERR);
		assert_int_equal(range_request(w, types[i], 0, 1, 2), VIRTIO_BLK_S_UNSUPP);
		assert_int_equal(range_request(w, types[i], 0, 0, 0), VIRTIO_BLK_S_OK);
	}
	assert_int_equal(range_request(w, VIRTIO_BLK_T_DISCARD, 0, 1, 1), VIRTIO_BLK_S_UNSUPP);
}

static void read_only(void **state)
{
	struct world *w = *state;

	assert_true(w->dev->features & VIRTIO_FEATURE(VIRTIO_BLK_F_RO));
	assert_false(w->dev->features & VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD));
	assert_int_equal(request(w, VIRTIO_BLK_T_IN, 0, 512, WRITE), VIRTIO_BLK_S_OK);
	memset(w->ram + DATA_GPA, 'r', 512);
	assert_int_equal(request(w, VIRTIO_BLK_T_OUT, 0, 512, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(range_request(w, VIRTIO_BLK_T_DISCARD, 0, 1, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(range_request(w, VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 1), VIRTIO_BLK_S_IOERR);
}

/* The image shrinks while the guest runs: an error for the guest, no more. */
static void image_cut(void **state)
{
	struct world *w = *state;

	assert_int_equal(ftruncate(image, 512), 0);
	assert_int_equal(request(w, VIRTIO_BLK_T_IN, 0, 512, WRITE), VIRTIO_BLK_S_OK);
	assert_int_equal(request(w, VIRTIO_BLK_T_IN, 0, 1024, WRITE), VIRTIO_BLK_S_IOERR);
}

static void opening(void **state)
{
	char path[] = "/tmp/kvmtree-disk.XXXXXX";
	int fd = mkstemp(path);
	struct disk disk, other;

	(void)state;
	assert_int_equal(disk_open(&disk, path, false), -EINVAL); /* empty */
	assert_int_equal(ftruncate(fd, 1000), 0);
	assert_int_equal(disk_open(&disk, path, false), -EINVAL);
	assert_int_equal(ftruncate(fd, 1024), 0);
	assert_int_equal(disk_open(&disk, path, false), 0);
	assert_int_equal(disk.sector_cnt, 2);
	assert_int_equal(disk_open(&other, path, true), -EBUSY);
	disk_close(&disk);
	assert_int_equal(disk_open(&disk, path, true), 0);
	assert_int_equal(disk_open(&other, path, true), 0);
	disk_close(&other);
	assert_int_equal(disk_open(&other, path, false), -EBUSY);
	disk_close(&disk);
	close(fd);
	unlink(path);
	assert_int_equal(disk_open(&disk, path, false), -ENOENT);
	assert_int_equal(disk_open(&disk, "/dev/null", true), -EINVAL);
	assert_int_equal(disk_open(&disk, "/tmp", true), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(config),
		TEST(write_and_read),
		TEST(odd_framing),
		TEST(refused),
		TEST(no_status),
		TEST(id),
		TEST(discards),
		cmocka_unit_test_setup_teardown(read_only, set_up_read_only, tear_down),
		TEST(image_cut),
		cmocka_unit_test(opening),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
