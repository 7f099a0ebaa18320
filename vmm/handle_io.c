/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the exits that a device serves: port I/O and MMIO. */
#include <string.h>

#include "vmm/complain.h"
#include "vmm/exits.h"
#include "vmm/status.h"
#include "vmm/walk.h"

/* Not inlined, so that the registers they need are not saved by who does not call them. */
#define APART __attribute__((noinline))

static APART enum vcpu_turn out_of_bounds(struct vcpu *vcpu)
{
	complain("vCPU %u: %s with data outside of the shared page; the kernel is not sound",
		 vcpu->id, exit_name(vcpu->run->exit_reason));
	machine_stop(vcpu->machine, VMM_NO_VCPU);
	return VCPU_END;
}

/* x86 is little-endian, and so are we, as KVM runs on its like only. */
static void serve(struct bus *bus, uint64_t addr, void *data, unsigned int size, bool write)
{
	uint64_t value = 0;

	if (write) {
		memcpy(&value, data, size);
		bus_write(bus, addr, size, value);
	} else {
		value = bus_read(bus, addr, size);
		memcpy(data, &value, size);
	}
}

/* count > 1 is a string instruction (rep outsb): its port stays, while the data move on. */
static APART enum vcpu_turn serve_io(struct vcpu *vcpu)
{
	uint64_t offset = vcpu->run->io.data_offset, size = vcpu->run->io.size;
	uint32_t count = vcpu->run->io.count;
	uint16_t port = vcpu->run->io.port;
	bool write = vcpu->run->io.direction == KVM_EXIT_IO_OUT;
	uint8_t *data;

	if (offset < sizeof(*vcpu->run) || size > 4 || offset > vcpu->run_sz ||
	    size * count > vcpu->run_sz - offset)
		return out_of_bounds(vcpu);
	data = (uint8_t *)vcpu->run + offset;
	for (uint32_t i = 0; i < count; i++, data += size)
		serve(&vcpu->machine->ports, port, data, (unsigned int)size, write);
	return VCPU_AGAIN;
}

/*
 * Seed: handle_io(), which calls kvm->callbacks->inb() and its like; QEMU today:
 * kvm_handle_io(). api.rst, section 5, KVM_EXIT_IO: the data lie in the shared mapping. What
 * an IN reads reaches the guest's register when KVM_RUN is called again.
 *
 * The most common of all, one byte written, is served on the spot.
 */
WALK enum vcpu_turn handle_io(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	const struct bus_region *r = bus_at_port(&vcpu->machine->ports, run->io.port);
	uint64_t offset = run->io.data_offset;

	if (run->io.direction != KVM_EXIT_IO_OUT || run->io.size != 1 || run->io.count != 1 ||
	    offset >= vcpu->run_sz)
		return serve_io(vcpu);
	r->write(r->owner, run->io.port - r->base, 1, ((const uint8_t *)run)[offset]);
	return VCPU_AGAIN;
}

/*
 * Seed: handle_mmio(), which calls e1000_mmio_read() and its like; QEMU today:
 * address_space_rw() in kvm_cpu_exec(). Kernel: an EPT violation or nested page fault on an
 * address of no slot; KVM decodes the instruction and hands us what it does.
 */
WALK enum vcpu_turn handle_mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint32_t len = run->mmio.len;

	if (len > sizeof(run->mmio.data))
		return out_of_bounds(vcpu);
	serve(&vcpu->machine->mmio, run->mmio.phys_addr, run->mmio.data, len, run->mmio.is_write);
	return VCPU_AGAIN;
}
