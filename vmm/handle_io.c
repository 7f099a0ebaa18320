/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the exits that a device serves: port I/O and MMIO. */
#include <string.h>

#include "vmm/complain.h"
#include "vmm/exits.h"
#include "vmm/status.h"
#include "vmm/walk.h"

static enum vcpu_turn out_of_bounds(struct vcpu *vcpu)
{
	complain("vCPU %u: %s with data outside of the shared page; the kernel is not sound",
		 vcpu->id, exit_name(vcpu->run->exit_reason));
	machine_stop(vcpu->machine, VMM_NO_VCPU);
	return VCPU_END;
}

/* x86 is little-endian, and so are we, as KVM runs on its like only. */
static inline uint64_t load(const void *from, unsigned int size)
{
	uint64_t value = 0;

	if (size == 1)
		return *(const uint8_t *)from;
	memcpy(&value, from, size);
	return value;
}

static inline void store(void *to, unsigned int size, uint64_t value)
{
	memcpy(to, &value, size);
}

/*
 * Seed: handle_io(), which calls kvm->callbacks->inb() and its like; QEMU today:
 * kvm_handle_io(). api.rst, section 5, KVM_EXIT_IO: the data lie in the shared mapping;
 * count > 1 is a string instruction (rep outsb), whose port stays while the data move on. What
 * an IN reads reaches the guest's register when KVM_RUN is called again.
 */
WALK enum vcpu_turn handle_io(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct bus *ports = &vcpu->machine->ports;
	uint64_t offset = run->io.data_offset, port = run->io.port;
	uint32_t count = run->io.count;
	unsigned int size = run->io.size;
	uint8_t *data, *end;

	if (size > 4 || offset > vcpu->run_sz || (uint64_t)size * count > vcpu->run_sz - offset)
		return out_of_bounds(vcpu);

	data = (uint8_t *)run + offset;
	end = data + (uint64_t)size * count;
	if (run->io.direction == KVM_EXIT_IO_OUT)
		for (; data < end; data += size)
			bus_write(ports, port, size, load(data, size));
	else
		for (; data < end; data += size)
			store(data, size, bus_read(ports, port, size));
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
	struct bus *mmio = &vcpu->machine->mmio;
	uint32_t len = run->mmio.len;

	if (len > sizeof(run->mmio.data))
		return out_of_bounds(vcpu);
	if (run->mmio.is_write)
		bus_write(mmio, run->mmio.phys_addr, len, load(run->mmio.data, len));
	else
		store(run->mmio.data, len, bus_read(mmio, run->mmio.phys_addr, len));
	return VCPU_AGAIN;
}
