/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the registers of virtio over MMIO, version 2: VIRTIO 1.2, section 4.2.2. */
#include <linux/virtio_mmio.h>
#include <string.h>

#include "vmm/devices/virtio_mmio.h"
#include "vmm/walk.h"

#define MAGIC	0x74726976 /* "virt" */
#define VERSION 2	   /* 1 is the legacy interface, which we do not have */
#define VENDOR	0x544d564b /* "KVMT"; it means nothing to a driver */
#define NO_SHM	UINT32_MAX /* section 4.2.2: the length of a shared memory region that is not */

static struct virtqueue *selected_queue(struct virtio_mmio *t)
{
	if (t->queue_sel >= t->device->model->queue_cnt)
		return NULL;
	return &t->device->queues[t->queue_sel];
}

/* Features are read and written in halves of 32 bits; of 64 only two halves are there. */
static uint32_t half(uint64_t features, uint32_t sel)
{
	return sel < 2 ? (uint32_t)(features >> (sel * 32)) : 0;
}

static void set_half(uint64_t *to, uint32_t sel, uint32_t value)
{
	if (sel < 2)
		*to = (*to & ~(0xffffffffull << (sel * 32))) | (uint64_t)value << (sel * 32);
}

static uint32_t register_read(struct virtio_mmio *t, uint64_t offset)
{
	const struct virtio_device *dev = t->device;
	const struct virtqueue *vq = selected_queue(t);

	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return MAGIC;
	case VIRTIO_MMIO_VERSION:
		return VERSION;
	case VIRTIO_MMIO_DEVICE_ID:
		return dev->model->id;
	case VIRTIO_MMIO_VENDOR_ID:
		return VENDOR;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return half(dev->features, t->device_features_sel);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return vq ? VIRTQUEUE_SIZE_MAX : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return vq && vq->ready;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return dev->interrupt_status;
	case VIRTIO_MMIO_STATUS:
		return dev->status;
	case VIRTIO_MMIO_SHM_LEN_LOW:
	case VIRTIO_MMIO_SHM_LEN_HIGH:
	case VIRTIO_MMIO_SHM_BASE_LOW:
	case VIRTIO_MMIO_SHM_BASE_HIGH:
		return NO_SHM;
	default: /* write-only, reserved, and the generation of a configuration that never changes */
		return 0;
	}
}

/* Bytes of any size at any place; what is beyond the end reads as zero. */
static uint64_t config_read(const struct virtio_device *dev, uint64_t offset, unsigned int size)
{
	uint64_t value = 0;

	if (offset >= dev->config_len)
		return 0;
	if (size > dev->config_len - offset)
		size = (unsigned int)(dev->config_len - offset);
	memcpy(&value, (const uint8_t *)dev->config + offset, size);
	return value;
}

WALK uint64_t virtio_mmio_read(void *owner, uint64_t offset, unsigned int size)
{
	struct virtio_mmio *t = owner;
	uint64_t value = 0;

	if (offset >= VIRTIO_MMIO_CONFIG)
		return config_read(t->device, offset - VIRTIO_MMIO_CONFIG, size);
	/* Section 4.2.2.2: registers are accessed whole. */
	if (size != 4)
		return 0;
	pthread_mutex_lock(&t->device->lock);
	value = register_read(t, offset);
	pthread_mutex_unlock(&t->device->lock);
	return value;
}

static void set_low(gpa_t *addr, uint32_t value)
{
	addr->v = (addr->v & ~0xffffffffull) | value;
}

static void set_high(gpa_t *addr, uint32_t value)
{
	addr->v = (uint32_t)addr->v | (uint64_t)value << 32;
}

/* A queue that cannot be started would leave the driver to wait for ever: it is told at once. */
static void queue_start(struct virtio_device *dev, struct virtqueue *vq)
{
	bool has_event_idx = dev->driver_features & VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX);

	if (virtqueue_start(vq, dev->slot.memory, has_event_idx) < 0)
		virtio_needs_reset(dev);
}

/* Queues are set up between FEATURES_OK and DRIVER_OK, each before it is ready: section 3.1.1. */
static void queue_write(struct virtio_mmio *t, uint64_t offset, uint32_t value)
{
	struct virtio_device *dev = t->device;
	struct virtqueue *vq = selected_queue(t);
	const uint32_t phase = VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK;

	if (!vq || (dev->status & phase) != VIRTIO_CONFIG_S_FEATURES_OK || vq->ready)
		return;
	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		vq->size = value;
		break;
	case VIRTIO_MMIO_QUEUE_READY:
		if (value == 1)
			queue_start(dev, vq);
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
		set_low(&vq->desc_gpa, value);
		break;
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		set_high(&vq->desc_gpa, value);
		break;
	case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
		set_low(&vq->avail_gpa, value);
		break;
	case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
		set_high(&vq->avail_gpa, value);
		break;
	case VIRTIO_MMIO_QUEUE_USED_LOW:
		set_low(&vq->used_gpa, value);
		break;
	case VIRTIO_MMIO_QUEUE_USED_HIGH:
		set_high(&vq->used_gpa, value);
		break;
	}
}

/* Section 2.2.1: features are chosen after DRIVER and fixed by FEATURES_OK. */
static bool features_open(const struct virtio_device *dev)
{
	const uint32_t phase = VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK;

	return (dev->status & phase) == VIRTIO_CONFIG_S_DRIVER;
}

static void register_write(struct virtio_mmio *t, uint64_t offset, uint32_t value)
{
	struct virtio_device *dev = t->device;

	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		t->device_features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		t->driver_features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		if (features_open(dev))
			set_half(&dev->driver_features, t->driver_features_sel, value);
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		t->queue_sel = value;
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		dev->interrupt_status &= ~value;
		virtio_update_line(dev);
		break;
	case VIRTIO_MMIO_STATUS:
		virtio_set_status(dev, value);
		break;
	default:
		queue_write(t, offset, value);
	}
}

WALK void virtio_mmio_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct virtio_mmio *t = owner;

	if (size != 4 || offset >= VIRTIO_MMIO_CONFIG)
		return;
	if (offset == VIRTIO_MMIO_QUEUE_NOTIFY) {
		virtio_kick(t->device);
		return;
	}
	pthread_mutex_lock(&t->device->lock);
	register_write(t, offset, (uint32_t)value);
	pthread_mutex_unlock(&t->device->lock);
}
