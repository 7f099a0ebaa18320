/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A virtio device apart from its transport: what each kind brings (a model), and what all have
 * in common. Virtual I/O Device (VIRTIO) 1.2, section 2. It needs neither KVM nor a machine.
 */
#ifndef VMM_VIRTIO_H
#define VMM_VIRTIO_H

#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/devices/virtqueue.h"
#include "vmm/disk.h"
#include "vmm/event_loop.h"
#include "vmm/irq_line.h"
#include "vmm/net_backend.h"

#define VIRTIO_QUEUES_MAX 2
#define VIRTIO_FEATURE(bit) (1ull << (bit))

/* What is offered besides by every device; indirect descriptors are not. */
#define VIRTIO_FEATURES_COMMON \
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | VIRTIO_FEATURE(VIRTIO_RING_F_EVENT_IDX))

struct virtio_device;

struct virtio_model {
	const char *name;
	uint32_t id; /* VIRTIO_ID_* */
	unsigned int queue_cnt;

	/* Takes what waits in a queue. Returns 0, or -errno if the driver has broken the rules. */
	int (*serve)(struct virtio_device *dev, unsigned int queue);

	void (*reset)(struct virtio_device *dev); /* NULL: nothing to forget */
	void (*free)(struct virtio_device *dev);
};

/* Where a device is plugged in. */
struct virtio_slot {
	const struct guest_memory *memory; /* borrowed, as loop is */
	struct event_loop *loop;
	struct irq_line line;
};

/* Embedded in each kind's own state. The model's functions are called with lock held. */
struct virtio_device {
	const struct virtio_model *model;
	uint64_t features;  /* offered */
	const void *config; /* device configuration space, which the driver only reads */
	size_t config_len;

	struct virtio_slot slot; /* without a loop a kick is served at once, by who makes it */
	int doorbell;		 /* an eventfd: serve the queues; -1 without a loop */

	pthread_mutex_t lock; /* guards what follows, the queues' rings and the line */
	uint32_t status;      /* VIRTIO_CONFIG_S_* */
	uint64_t driver_features;
	uint32_t interrupt_status; /* VIRTIO_MMIO_INT_* */
	struct virtqueue queues[VIRTIO_QUEUES_MAX];
	struct virtqueue_chain chain; /* the request being served */
};

/*
 * Plugs a device in whose model, features and config are set. Returns 0, or -errno after a
 * message; virtio_free() is due after 0, when no vCPU and no loop runs any more.
 */
int virtio_init(struct virtio_device *dev, const struct virtio_slot *slot);
void virtio_free(struct virtio_device *dev);

/* The driver writes the status, 0 to reset (section 2.1). With lock held. */
void virtio_set_status(struct virtio_device *dev, uint32_t status);

/* Is there a driver at work, and does the device not need a reset? With lock held. */
bool virtio_running(const struct virtio_device *dev);

/* The driver has written to a doorbell: the queues are served, here or on the loop's thread. */
void virtio_kick(struct virtio_device *dev);

/* Puts the device into the state that only a reset ends, and tells the driver. With lock held. */
void virtio_needs_reset(struct virtio_device *dev);

/* Drives the line as interrupt_status says, after a change. With lock held. */
void virtio_update_line(struct virtio_device *dev);

/* Interrupts the driver for what was pushed, if it wants that. With lock held. */
void virtio_interrupt(struct virtio_device *dev, struct virtqueue *vq);

/*
 * Serves the chain in dev->chain. Returns how many bytes it has written to it, or -errno if the
 * driver has broken the rules.
 */
typedef int64_t virtio_request_fn(struct virtio_device *dev);

/* The serve() of a queue whose chains are requests: request() gets one after the other. */
int virtio_serve_requests(struct virtio_device *dev, unsigned int queue,
			  virtio_request_fn *request);

/* What the devices do; global, as a tracer finds them by name. */
event_fn virtio_doorbell, virtio_net_receive;
virtio_request_fn virtio_rng_request, virtio_blk_request, virtio_net_transmit;

/*
 * The kinds. Each returns NULL after a message. Disk and backend are the device's from then on; the
 * id, cut to VIRTIO_BLK_ID_BYTES, is what the guest may call the disk by.
 */
struct virtio_device *virtio_rng_new(const struct virtio_slot *slot);
struct virtio_device *virtio_blk_new(const struct virtio_slot *slot, const struct disk *disk,
				     const char *id);
struct virtio_device *virtio_net_new(const struct virtio_slot *slot, struct net_backend *backend);

#endif
