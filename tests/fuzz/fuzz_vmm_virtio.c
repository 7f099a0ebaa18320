/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* libFuzzer: a hostile driver of each virtio device: registers, rings, buffers and kicks. */
#include <linux/virtio_net.h>
#include <stdio.h>
#include <sys/mman.h>

#define RAM_SZ 0xa000 /* room for the rings and some buffers; small, as it is cleared each time */
#include "tests/unit/virtio_driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECTORS 64u

/* What the input has not used up; at its end zeros come. */
struct input {
	const uint8_t *data;
	size_t left;
};

static uint64_t take(struct input *in, unsigned int bytes)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < bytes && in->left; i++, in->left--)
		value |= (uint64_t)*in->data++ << (i * 8);
	return value;
}

/* An address that is often in memory, and sometimes anything. */
static uint64_t take_address(struct input *in)
{
	uint64_t value = take(in, 3);

	return value & 1 << 23 ? take(in, 8) : value % (RAM_SZ + 64);
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
static void set_any_desc(struct world *w, struct input *in)
{
	uint32_t queue = take(in, 1) & 1;
	uint16_t i = take(in, 1) % RING_SIZE;
	struct vring_desc d = {.addr = take_address(in), .len = (uint32_t)take(in, 2)};
	uint16_t bits = (uint16_t)take(in, 2);

	d.flags = bits & (bits & 0x8000 ? UINT16_MAX : VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	d.next = bits & 0x4000 ? (uint16_t)take(in, 2) : (uint16_t)(i + 1);
	if (bits & 0x2000)
		d.len = (uint32_t)take(in, 4);
	*desc(w, queue, i) = d;
}

static void poke(struct world *w, struct input *in)
{
	uint64_t at = take(in, 3) % RAM_SZ, len = take(in, 1) % 32;

	for (; len-- && at < RAM_SZ; at++)
		w->ram[at] = (uint8_t)take(in, 1);
}

static void step(struct world *w, struct input *in)
{
	uint8_t op = (uint8_t)take(in, 1);

	switch (op % 8) {
	case 0:
		virtio_mmio_write(&w->mmio, take(in, 1) * 4, 4, take(in, 4));
		break;
	case 1:
		virtio_mmio_read(&w->mmio, take(in, 2) % 0x1000, 1u << (op >> 6));
		break;
	case 2:
		poke(w, in);
		break;
	case 3:
		set_any_desc(w, in);
		break;
	case 4:
		offer(w, op >> 7, (uint16_t)take(in, 1));
		kick(w, op >> 7);
		break;
	case 5:
		avail(w, op >> 7)->idx = (uint16_t)take(in, 2);
		kick(w, op >> 7);
		break;
	case 6:
		frames_waiting = op >> 3;
		if (w->dev->model->id == VIRTIO_ID_NET)
			virtio_net_receive(w->dev);
		break;
	case 7:
		drive(w, w->dev->features & (op & 8 ? ~0ull : ~VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX)));
		break;
	}
	if (w->line_high != (w->dev->interrupt_status != 0))
		abort(); /* a line that does not tell the truth */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct world *w = world_new();
	uint8_t first = (uint8_t)take(&in, 1);

	world_plug(w, device_new(w, first % 4));
	if (first & 0x80)
		drive(w, w->dev->features);
	while (in.left)
		step(w, &in);
	world_free(w);
	return 0;
}
