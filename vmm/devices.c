/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the list of devices. Seed: kvm->callbacks and cpu_register_io_memory(). */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/status.h"

#define DEVICE(name) extern const struct device name##_device;
#include "vmm/devices.def"
#undef DEVICE

static const struct device *const devices[] = {
#define DEVICE(name) &name##_device,
#include "vmm/devices.def"
#undef DEVICE
};

int devices_init(struct machine *m)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		const struct device *device = devices[i];
		int err;

		if (!(device->platforms & 1u << m->config.guest->platform))
			continue;
		err = device->create(m);
		if (err)
			return err;
	}
	return 0;
}

void devices_release(struct machine *m)
{
	while (m->owned_cnt) {
		struct owned *o = &m->owned[--m->owned_cnt];

		o->release(o->owner);
	}
}

int machine_own(struct machine *m, void *owner, void (*release)(void *owner))
{
	if (!owner) {
		complain("a device: out of memory; free some");
		return -ENOMEM;
	}
	if (m->owned_cnt == OWNED_MAX) {
		complain("more than %d devices; ask for fewer", OWNED_MAX);
		release(owner);
		return -ENOSPC;
	}
	m->owned[m->owned_cnt++] = (struct owned){owner, release};
	return 0;
}

int machine_add_region(struct machine *m, enum machine_bus bus, const struct bus_region *region)
{
	int err = bus_add(bus == BUS_PORT ? &m->ports : &m->mmio, region);

	if (err)
		complain("device %s at 0x%llx: %s; vmm/guest_abi.h and vmm/layout.h say who is "
			 "where",
			 region->name, (unsigned long long)region->base, strerror(-err));
	return err;
}

int machine_describe(struct machine *m, void (*describe)(void *owner, struct aml *aml), void *owner)
{
	if (m->described_cnt == OWNED_MAX) {
		complain("more than %d devices; ask for fewer", OWNED_MAX);
		return -ENOSPC;
	}
	m->described[m->described_cnt++] = (struct described){describe, owner};
	return 0;
}

/* Kernel: kvm_vm_ioctl_irq_line -> kvm_set_irq, to the PICs and the I/O APIC. */
static void set_gsi(void *owner, unsigned int gsi, bool high)
{
	struct machine *m = owner;
	struct kvm_irq_level level = {.irq = gsi, .level = high};

	if (KVM_IOCTL(m->vm.fd, KVM_IRQ_LINE, &level) < 0)
		machine_stop(m, VMM_NO_MACHINE);
}

struct irq_line machine_irq_line(struct machine *m, unsigned int gsi)
{
	bool wired = m->config.guest->platform == PLATFORM_PC;

	return (struct irq_line){.set = wired ? set_gsi : NULL, .owner = m, .number = gsi};
}
