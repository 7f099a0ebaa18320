/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A driver for the virtio devices under test, in a world without KVM: memory, registers through
 * the callbacks of the bus, rings, and an interrupt line that counts. A test is its own guest.
 */
#ifndef TESTS_VIRTIO_DRIVER_H
#define TESTS_VIRTIO_DRIVER_H

#include <linux/virtio_mmio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/devices/virtio_mmio.h"

#ifndef RAM_SZ
#define RAM_SZ 0x40000
#endif
#define RING_SIZE  16u
#define DESC_GPA   0x1000u /* of queue 0; the others' follow at RINGS_STEP */
#define AVAIL_GPA  0x2000u
#define USED_GPA   0x3000u
#define RINGS_STEP 0x4000u
#define BUFFER_GPA 0x10000u /* free for the tests, to the end of RAM */

struct world {
	struct guest_memory memory;
	uint8_t *ram;
	struct virtio_device *dev;
	struct virtio_mmio mmio;
	bool line_high;
	unsigned int interrupts; /* how often the line has risen */
};

static inline void world_line(void *owner, unsigned int number, bool high)
{
	struct world *w = owner;

	(void)number;
	w->line_high = high;
	w->interrupts += high;
}

static inline struct virtio_slot world_slot(struct world *w)
{
	return (struct virtio_slot){.memory = &w->memory,
				    .line = {.set = world_line, .owner = w, .number = 16}};
}

static inline struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	w->ram = aligned_alloc(4096, RAM_SZ);
	memset(w->ram, 0, RAM_SZ);
	w->memory.slot_cnt = 1;
	w->memory.slots[0] = (struct memory_slot){GPA(0), RAM_SZ, w->ram};
	return w;
}

/* The device is the world's from here on. */
static inline void world_plug(struct world *w, struct virtio_device *dev)
{
	w->dev = w->mmio.device = dev;
}

static inline void world_free(struct world *w)
{
	if (w->dev)
		virtio_free(w->dev);
	free(w->ram);
	free(w);
}

static inline uint32_t reg(struct world *w, uint64_t offset)
{
	return (uint32_t)virtio_mmio_read(&w->mmio, offset, 4);
}

static inline void set_reg(struct world *w, uint64_t offset, uint32_t value)
{
	virtio_mmio_write(&w->mmio, offset, 4, value);
}

static inline void set_features(struct world *w, uint64_t features)
{
	set_reg(w, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	set_reg(w, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	set_reg(w, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	set_reg(w, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
}

static inline void set_queue(struct world *w, uint32_t queue)
{
	uint32_t base = queue * RINGS_STEP;

	set_reg(w, VIRTIO_MMIO_QUEUE_SEL, queue);
	set_reg(w, VIRTIO_MMIO_QUEUE_NUM, RING_SIZE);
	set_reg(w, VIRTIO_MMIO_QUEUE_DESC_LOW, base + DESC_GPA);
	set_reg(w, VIRTIO_MMIO_QUEUE_AVAIL_LOW, base + AVAIL_GPA);
	set_reg(w, VIRTIO_MMIO_QUEUE_USED_LOW, base + USED_GPA);
	set_reg(w, VIRTIO_MMIO_QUEUE_READY, 1);
}

#define STATUS_UP_TO_DRIVER   (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER)
#define STATUS_UP_TO_FEATURES (STATUS_UP_TO_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK)
#define STATUS_ALL	      (STATUS_UP_TO_FEATURES | VIRTIO_CONFIG_S_DRIVER_OK)

/* The whole way of section 3.1.1: reset, features, queues, go. */
static inline void drive(struct world *w, uint64_t features)
{
	set_reg(w, VIRTIO_MMIO_STATUS, 0);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_DRIVER);
	set_features(w, features | VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_UP_TO_FEATURES);
	for (uint32_t i = 0; i < w->dev->model->queue_cnt; i++)
		set_queue(w, i);
	set_reg(w, VIRTIO_MMIO_STATUS, STATUS_ALL);
}

static inline struct vring_desc *desc(struct world *w, uint32_t queue, uint16_t i)
{
	return (struct vring_desc *)(w->ram + queue * RINGS_STEP + DESC_GPA) + i;
}

static inline struct vring_avail *avail(struct world *w, uint32_t queue)
{
	return (struct vring_avail *)(w->ram + queue * RINGS_STEP + AVAIL_GPA);
}

static inline struct vring_used *used(struct world *w, uint32_t queue)
{
	return (struct vring_used *)(w->ram + queue * RINGS_STEP + USED_GPA);
}

static inline void set_desc(struct world *w, uint32_t queue, uint16_t i, uint64_t addr,
			    uint32_t len, uint16_t flags)
{
	*desc(w, queue, i) = (struct vring_desc){addr, len, flags, (uint16_t)(i + 1)};
}

static inline void offer(struct world *w, uint32_t queue, uint16_t head)
{
	struct vring_avail *a = avail(w, queue);

	a->ring[a->idx % RING_SIZE] = head;
	a->idx++;
}

static inline void kick(struct world *w, uint32_t queue)
{
	set_reg(w, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
}

#endif
