/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The registers by which a driver finds a virtio device and agrees with it: virtio over MMIO. */
#ifndef VMM_VIRTIO_MMIO_H
#define VMM_VIRTIO_MMIO_H

#include "vmm/bus.h"
#include "vmm/machine.h"
#include "vmm/devices/virtio.h"

struct virtio_mmio {
	struct virtio_device *device;
	unsigned int slot;
	/* What the driver has selected; guarded by the device's lock. */
	uint32_t device_features_sel, driver_features_sel, queue_sel;
};

/* The callbacks of the region; owner is a struct virtio_mmio. */
bus_read_fn virtio_mmio_read;
bus_write_fn virtio_mmio_write;

/* What a device is to be made with that is plugged into m next. */
struct virtio_slot virtio_mmio_slot(struct machine *m);

/*
 * Puts a device made for it into the next slot, LAYOUT_VIRTIO: it is the machine's from then
 * on, or freed. Returns 0, or < 0 after a message; takes NULL for "not made, after a message".
 */
int virtio_mmio_plug(struct machine *m, struct virtio_device *dev);

#endif
