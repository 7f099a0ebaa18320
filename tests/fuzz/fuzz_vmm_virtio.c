/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* libFuzzer: a hostile driver of each virtio device: registers, rings, buffers and kicks. */
#include <linux/virtio_blk.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <sys/mman.h>

#include "tests/fuzz/fuzz_input.h"

#define RAM_SZ 0xa000 /* room for the rings and some buffers; small, as it is cleared each time */
#include "tests/unit/virtio_driver.h"

#define SECTORS	 64u
#define HEAD_GPA 0x8000u
#define NEXT	 VRING_DESC_F_NEXT

/* An address that is often in memory, and sometimes anything. */
static uint64_t take_address(struct fuzz_input *in)
{
	uint64_t value = fuzz_take(in, 3);

	return value & 1 << 23 ? fuzz_take(in, 8) : value % (RAM_SZ + 64);
}

static unsigned int frames_waiting;

static ssize_t wire_receive(struct net_backend *backend, void *frame, size_t len)
{
	size_t n = 14 + frames_waiting * 37 % (len - 13);

	(void)backend;
	if (!frames_waiting)
		return 0;
	memset(frame, (int)frames_waiting--, n);
	return (ssize_t)n;
}

/* Reads every byte, as the kernel would. */
static int wire_send(struct net_backend *backend, const struct iovec *pieces, int cnt)
{
	uint8_t frame[NET_FRAME_MAX + 1];
	size_t len = pieces_read(pieces, (unsigned int)cnt, 0, frame, sizeof(frame));

	(void)backend;
	if (len > NET_FRAME_MAX || len < 14)
		abort();
	return 0;
}

static void wire_free(struct net_backend *backend)
{
	(void)backend;
}

static struct virtio_device *device_new(struct world *w, unsigned int kind)
{
	static struct net_backend wire = {
		.fd = -1, .receive = wire_receive, .send = wire_send, .free = wire_free};
	static int image = -1;
	struct virtio_slot slot = world_slot(w);
	struct disk disk = {.read_only = kind == 3, .sector_cnt = SECTORS};

	if (kind == 0)
		return virtio_rng_new(&slot);
	if (kind == 1)
		return virtio_net_new(&slot, &wire);
	if (image < 0)
		image = memfd_create("image", 0);
	if (ftruncate(image, SECTORS * SECTOR_SZ))
		abort();
	disk.fd = dup(image);
	return virtio_blk_new(&slot, &disk, "fuzz");
}

/* A descriptor, made so that chains of sense are likely. */
static void set_any_desc(struct world *w, struct fuzz_input *in)
{
	uint32_t queue = fuzz_take(in, 1) & 1;
	uint16_t i = fuzz_take(in, 1) % RING_SIZE;
	struct vring_desc d = {.addr = take_address(in), .len = (uint32_t)fuzz_take(in, 2)};
	uint16_t bits = (uint16_t)fuzz_take(in, 2);

	d.flags = bits & (bits & 0x8000 ? UINT16_MAX : VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	d.next = bits & 0x4000 ? (uint16_t)fuzz_take(in, 2) : (uint16_t)(i + 1);
	if (bits & 0x2000)
		d.len = (uint32_t)fuzz_take(in, 4);
	*desc(w, queue, i) = d;
}

/* A request as a driver would make it, with lengths, directions and contents of the input's. */
static void request(struct world *w, struct fuzz_input *in, uint32_t queue)
{
	uint8_t shape = (uint8_t)fuzz_take(in, 1);
	uint16_t cnt = 1 + shape % 4, to_write = shape >> 2 & 7;
	struct virtio_blk_outhdr head = {.type = (uint32_t)fuzz_take(in, 1) % 16,
					 .sector = fuzz_take(in, 1) % (SECTORS + 2)};
	struct virtio_blk_discard_write_zeroes range = {.sector = head.sector,
							.num_sectors = shape % 8};

	memcpy(w->ram + HEAD_GPA, &head, sizeof(head));
	memcpy(w->ram + HEAD_GPA + sizeof(head), &range, sizeof(range));
	set_desc(w, queue, 0, HEAD_GPA, shape & 0x20 ? (uint32_t)fuzz_take(in, 1) : sizeof(head), NEXT);
	for (uint16_t i = 1; i <= cnt; i++) {
		uint64_t at = HEAD_GPA + sizeof(head) + (i > 1 ? i * 0x400 : 0);
		uint32_t len = shape & 0x40 ? (uint32_t)fuzz_take(in, 2) : 512;

		set_desc(w, queue, i, at, i == cnt && shape & 0x80 ? 1 : len,
			 (i < cnt ? NEXT : 0) | (i + to_write > cnt ? VRING_DESC_F_WRITE : 0));
	}
	offer(w, queue, 0);
	kick(w, queue);
}

/* Starts the device with one register of a queue other than it should be. */
static void drive_badly(struct world *w, struct fuzz_input *in)
{
	set_reg(w, VIRTIO_MMIO_STATUS, 0);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_DRIVER);
	set_features(w, fuzz_take(in, 1) & 1 ? w->dev->features : VIRTIO_FEATURES_COMMON);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_FEATURES);
	set_reg(w, VIRTIO_MMIO_QUEUE_SEL, fuzz_take(in, 1) % 3);
	set_reg(w, VIRTIO_MMIO_QUEUE_NUM, 1u << fuzz_take(in, 1) % 10);
	set_reg(w, VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)take_address(in));
	set_reg(w, VIRTIO_MMIO_QUEUE_AVAIL_LOW, (uint32_t)take_address(in));
	set_reg(w, VIRTIO_MMIO_QUEUE_USED_LOW, (uint32_t)take_address(in));
	set_reg(w, VIRTIO_MMIO_QUEUE_NUM + fuzz_take(in, 1) % 32 * 4, (uint32_t)fuzz_take(in, 4));
	set_reg(w, VIRTIO_MMIO_QUEUE_READY, 1);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_ALL);
	kick(w, 0);
}

static void poke(struct world *w, struct fuzz_input *in)
{
	uint64_t at = fuzz_take(in, 3) % RAM_SZ, len = fuzz_take(in, 1) % 32;

	for (; len-- && at < RAM_SZ; at++)
		w->ram[at] = (uint8_t)fuzz_take(in, 1);
}

static void step(struct world *w, struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_take(in, 1);

	switch (op % 10) {
	case 0:
		virtio_mmio_write(&w->mmio, fuzz_take(in, 1) * 4, 4, fuzz_take(in, 4));
		break;
	case 1:
		virtio_mmio_read(&w->mmio, fuzz_take(in, 2) % 0x1000, 1u << (op >> 6));
		break;
	case 2:
		poke(w, in);
		break;
	case 3:
		set_any_desc(w, in);
		break;
	case 4:
		offer(w, op >> 7, (uint16_t)fuzz_take(in, 1));
		kick(w, op >> 7);
		break;
	case 5:
		avail(w, op >> 7)->idx = (uint16_t)fuzz_take(in, 2);
		kick(w, op >> 7);
		break;
	case 6:
		frames_waiting = op >> 3;
		if (w->dev->model->id == VIRTIO_ID_NET)
			virtio_net_receive(w->dev);
		break;
	case 7:
		request(w, in, op >> 7);
		break;
	case 8:
		drive_badly(w, in);
		break;
	default:
		drive(w, w->dev->features & (op & 8 ? ~0ull : ~VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX)));
		break;
	}
	if (w->line_high != (w->dev->interrupt_status != 0))
		abort(); /* a line that does not tell the truth */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct world *w = world_new();
	uint8_t first = (uint8_t)fuzz_take(&in, 1);

	world_plug(w, device_new(w, first % 4));
	if (first & 0x80)
		drive(w, w->dev->features);
	while (in.left)
		step(w, &in);
	world_free(w);
	return 0;
}
