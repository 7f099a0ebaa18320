/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the slots of the machine in which virtio devices are found. */
#include <errno.h>
#include <linux/virtio_mmio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/devices/virtio_mmio.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/layout.h"

struct virtio_slot virtio_mmio_slot(struct machine *m)
{
	return (struct virtio_slot){.memory = &m->vm.memory,
				    .loop = m->io,
				    .line = machine_irq_line(m, GSI_VIRTIO + m->virtio_cnt)};
}

static void unplug(void *owner)
{
	struct virtio_mmio *t = owner;

	virtio_free(t->device);
	free(t);
}

/*
 * The kick, the access that a driver makes most, wakes the event loop in the kernel and the
 * vCPU goes on without an exit to user space. Without a length KVM need not even decode the
 * guest's instruction (api.rst, KVM_IOEVENTFD). One doorbell for all queues, as the look into
 * an empty one is cheap. There is no irqfd for the way back: KVM injects an irqfd at once only
 * if it is an MSI; for an input of the I/O APIC it goes through a work queue (irqfd_wakeup() in
 * virt/kvm/eventfd.c), and KVM_IRQ_LINE does not.
 */
static int wire_doorbell(struct machine *m, const struct virtio_device *dev, uint64_t base)
{
	struct kvm_ioeventfd kick = {.addr = base + VIRTIO_MMIO_QUEUE_NOTIFY, .fd = dev->doorbell};

	return dev->doorbell < 0 ? 0 : KVM_IOCTL(m->vm.fd, KVM_IOEVENTFD, &kick);
}

/* Kernel: virtio_mmio_acpi_match in drivers/virtio/virtio_mmio.c. */
static void describe(void *owner, struct aml *aml)
{
	struct virtio_mmio *t = owner;
	char name[] = {'V', 'I', 'O', (char)('0' + t->slot), '\0'};

	aml_device(aml, name, "LNRO0005", t->slot);
	aml_resources(aml);
	aml_memory(aml, LAYOUT_VIRTIO + t->slot * LAYOUT_VIRTIO_LEN, LAYOUT_VIRTIO_LEN);
	aml_interrupt(aml, GSI_VIRTIO + t->slot, true);
	aml_end_resources(aml);
	aml_end(aml);
}

static int plug(struct machine *m, struct virtio_mmio *t)
{
	struct bus_region region = {.name = t->device->model->name,
				    .base = LAYOUT_VIRTIO + m->virtio_cnt * LAYOUT_VIRTIO_LEN,
				    .len = LAYOUT_VIRTIO_LEN,
				    .width = 4,
				    .read = virtio_mmio_read,
				    .write = virtio_mmio_write,
				    .owner = t};
	int err = machine_own(m, t, unplug);

	if (!err)
		err = machine_add_region(m, BUS_MMIO, &region);
	if (!err)
		err = wire_doorbell(m, t->device, region.base);
	t->slot = m->virtio_cnt;
	if (!err)
		err = machine_describe(m, describe, t);
	if (!err)
		m->virtio_cnt++;
	return err;
}

int virtio_mmio_plug(struct machine *m, struct virtio_device *dev)
{
	struct virtio_mmio *t = dev ? calloc(1, sizeof(*t)) : NULL;

	if (t && m->virtio_cnt < LAYOUT_VIRTIO_SLOTS) {
		t->device = dev;
		return plug(m, t);
	}
	if (!dev)
		return -EINVAL;
	if (t)
		complain("%s: all %d slots for virtio devices are taken; ask for fewer disks or "
			 "networks",
			 dev->model->name, LAYOUT_VIRTIO_SLOTS);
	else
		complain("%s: out of memory; free some", dev->model->name);
	virtio_free(dev);
	free(t);
	return -ENOSPC;
}
