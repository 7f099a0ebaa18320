/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the list of devices. Seed: kvm->callbacks and cpu_register_io_memory(). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/device.h"

static const struct device *const devices[] = {
	&serial_device,
	&post_device,
	&exit_device,
	&teach_device,
};

#define DEVICE_CNT (sizeof(devices) / sizeof(devices[0]))

_Static_assert(DEVICE_CNT <= DEVICES_MAX, "more devices than a machine has room for");

int devices_init(struct machine *m)
{
	for (size_t i = 0; i < DEVICE_CNT; i++) {
		struct bus_region region = devices[i]->region;
		int err = -ENOMEM;

		region.owner = m->device_owners[i] = devices[i]->create(m);
		if (region.owner)
			err = bus_add(devices[i]->bus == BUS_PORT ? &m->ports : &m->mmio, &region);
		if (err) {
			complain("device %s at 0x%llx: %s; see vmm/guest_abi.h for who is where",
				 region.name, (unsigned long long)region.base, strerror(-err));
			return err;
		}
	}
	return 0;
}

void devices_release(struct machine *m)
{
	for (size_t i = 0; i < DEVICE_CNT; i++) {
		if (m->device_owners[i] && devices[i]->free)
			devices[i]->free(m->device_owners[i]);
		m->device_owners[i] = NULL;
	}
}
