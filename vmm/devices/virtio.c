/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns what all virtio devices have in common: status, kicks, interrupts, the way of a request. */
#include <errno.h>
#include <linux/virtio_mmio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/devices/virtio.h"
#include "vmm/walk.h"

static void serve_queues(struct virtio_device *dev)
{
	for (unsigned int i = 0; i < dev->model->queue_cnt && virtio_running(dev); i++)
		if (dev->queues[i].ready && dev->model->serve(dev, i) < 0)
			virtio_needs_reset(dev);
}

/* On the event loop's thread: KVM, or virtio_kick(), has rung the doorbell. */
WALK void virtio_doorbell(void *owner)
{
	struct virtio_device *dev = owner;
	eventfd_t rings;

	if (eventfd_read(dev->doorbell, &rings) < 0)
		return;
	pthread_mutex_lock(&dev->lock);
	serve_queues(dev);
	pthread_mutex_unlock(&dev->lock);
}

static int open_doorbell(struct virtio_device *dev)
{
	int err;

	dev->doorbell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (dev->doorbell < 0)
		return -errno;
	err = event_loop_add(dev->slot.loop, dev->doorbell, virtio_doorbell, dev);
	if (err)
		close(dev->doorbell);
	return err;
}

int virtio_init(struct virtio_device *dev, const struct virtio_slot *slot)
{
	int err;

	dev->slot = *slot;
	dev->doorbell = -1;
	pthread_mutex_init(&dev->lock, NULL);
	if (!slot->loop)
		return 0;
	err = open_doorbell(dev);
	if (!err)
		return 0;
	pthread_mutex_destroy(&dev->lock);
	complain("%s: its doorbell: %s; see 'ulimit -n'", dev->model->name, strerror(-err));
	return err;
}

void virtio_free(struct virtio_device *dev)
{
	if (dev->doorbell >= 0)
		close(dev->doorbell);
	pthread_mutex_destroy(&dev->lock);
	dev->model->free(dev);
}

bool virtio_running(const struct virtio_device *dev)
{
	const uint32_t wrong = VIRTIO_CONFIG_S_NEEDS_RESET | VIRTIO_CONFIG_S_FAILED;

	return (dev->status & VIRTIO_CONFIG_S_DRIVER_OK) && !(dev->status & wrong);
}

static void reset(struct virtio_device *dev)
{
	dev->status = 0;
	dev->driver_features = 0;
	dev->interrupt_status = 0;
	for (unsigned int i = 0; i < VIRTIO_QUEUES_MAX; i++)
		virtqueue_reset(&dev->queues[i]);
	if (dev->model->reset)
		dev->model->reset(dev);
	virtio_update_line(dev);
}

/* Section 3.1.1, step 5: a driver that takes what is not offered does not get FEATURES_OK. */
static bool features_good(const struct virtio_device *dev)
{
	return !(dev->driver_features & ~dev->features) &&
	       (dev->driver_features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
}

/*
 * A driver climbs from bit to bit and never takes one back (section 2.1.1); what comes before
 * its turn is not taken. FAILED is always allowed, NEEDS_RESET is the device's.
 */
void virtio_set_status(struct virtio_device *dev, uint32_t status)
{
	static const uint32_t ladder[] = {
		VIRTIO_CONFIG_S_ACKNOWLEDGE,
		VIRTIO_CONFIG_S_DRIVER,
		VIRTIO_CONFIG_S_FEATURES_OK,
		VIRTIO_CONFIG_S_DRIVER_OK,
	};

	if (!status) {
		reset(dev);
		return;
	}
	dev->status |= status & VIRTIO_CONFIG_S_FAILED;
	for (unsigned int i = 0; i < sizeof(ladder) / sizeof(ladder[0]); i++) {
		if (dev->status & ladder[i])
			continue;
		if (!(status & ladder[i]))
			return;
		if (ladder[i] == VIRTIO_CONFIG_S_FEATURES_OK && !features_good(dev))
			return;
		dev->status |= ladder[i];
	}
}

void virtio_kick(struct virtio_device *dev)
{
	if (dev->slot.loop) {
		eventfd_write(dev->doorbell, 1);
		return;
	}
	pthread_mutex_lock(&dev->lock);
	serve_queues(dev);
	pthread_mutex_unlock(&dev->lock);
}

void virtio_update_line(struct virtio_device *dev)
{
	irq_line_set(&dev->slot.line, dev->interrupt_status != 0);
}

/* Section 2.1.2: the driver hears of it by a notice that the configuration has changed. */
void virtio_needs_reset(struct virtio_device *dev)
{
	dev->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
	if (dev->status & VIRTIO_CONFIG_S_DRIVER_OK)
		dev->interrupt_status |= VIRTIO_MMIO_INT_CONFIG;
	virtio_update_line(dev);
}

void virtio_interrupt(struct virtio_device *dev, struct virtqueue *vq)
{
	if (!virtqueue_wants_interrupt(vq))
		return;
	dev->interrupt_status |= VIRTIO_MMIO_INT_VRING;
	virtio_update_line(dev);
}

/* One request, out of the ring and back. Returns 1, 0 if none waits, or -errno. */
static int serve_one(struct virtio_device *dev, struct virtqueue *vq, virtio_request_fn *request)
{
	int taken = virtqueue_pop(vq, &dev->chain);
	int64_t len;

	if (taken <= 0)
		return taken;
	len = request(dev);
	if (len < 0)
		return (int)len;
	virtqueue_push(vq, dev->chain.head, (uint32_t)len);
	return 1;
}

/*
 * At most one ring's worth at a time: a driver that adds chains as fast as they are served
 * must not keep the thread from the other devices, nor from its end.
 */
int virtio_serve_requests(struct virtio_device *dev, unsigned int queue,
			  virtio_request_fn *request)
{
	struct virtqueue *vq = &dev->queues[queue];
	unsigned int served = 0;
	int more;

	virtqueue_ask_kicks(vq, false);
	do
		more = serve_one(dev, vq, request);
	while (more > 0 && ++served < vq->size);
	virtqueue_ask_kicks(vq, true);
	virtio_interrupt(dev, vq);
	if (more >= 0 && virtqueue_waiting(vq) && dev->slot.loop)
		eventfd_write(dev->doorbell, 1);
	return more < 0 ? more : 0;
}
