/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the ways in which a guest ends its machine in good order: the chipset's reset register,
 * and ACPI's sleep registers. A machine that is reset does not start again: its VMM ends.
 */
#include "vmm/device.h"
#include "vmm/devices/pci.h"
#include "vmm/firmware.h"
#include "vmm/guest_memory.h"
#include "vmm/status.h"
#include "vmm/walk.h"

/*
 * The BIOS data area's word for the next start: 0x1234 asks for a warm one. Linux writes it before
 * every restart (native_machine_emergency_restart in arch/x86/kernel/reboot.c). With
 * "reboot=panic_warm", which our bzImage loader puts on its command line, it asks for a warm
 * start after a panic, and otherwise for a cold one.
 */
#define WARM_START_GPA 0x472
#define WARM_START     0x1234

void machine_reset(struct machine *m)
{
	uint16_t mark = 0;

	guest_memory_read(&m->vm.memory, GPA(WARM_START_GPA), &mark, sizeof(mark));
	machine_stop(m, mark == WARM_START ? VMM_GUEST_PANIC : VMM_OK);
}

/*
 * The reset register is a byte in the middle of the dword at which PCI's configuration address
 * is: what comes as one dword is the address, and passed on. Bit 2 resets; bit 1 says whether
 * all of the machine or its processors only, which is one to us.
 */
WALK void reset_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct machine *m = owner;

	if (offset == RESET_PORT - PCI_CONFIG_PORT && size == 1) {
		if (value & 4)
			machine_reset(m);
	} else if (m->pci) {
		pci_config_out(m->pci, offset, size, value);
	}
}

static uint64_t reset_in(void *owner, uint64_t offset, unsigned int size)
{
	struct machine *m = owner;

	return m->pci ? pci_config_in(m->pci, offset, size) : UINT64_MAX;
}

/* Sleep control: SLP_TYP in bits 2 to 4, SLP_EN in bit 5. ACPI specification 6.4, 4.8.3.7. */
WALK void sleep_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)size;
	if (!offset && value & 1 << 5 && (value >> 2 & 7) == POWER_OFF_TYPE)
		machine_stop(owner, VMM_OK);
}

/* Sleep control reads as 0, and so does sleep status: never woken. */
static uint64_t sleep_in(void *owner, uint64_t offset, unsigned int size)
{
	(void)owner, (void)offset, (void)size;
	return 0;
}

static int create(struct machine *m)
{
	struct bus_region reset = {.name = "reset",
				   .base = PCI_CONFIG_PORT,
				   .len = 4,
				   .width = 4,
				   .read = reset_in,
				   .write = reset_out,
				   .owner = m};
	struct bus_region sleep = {.name = "sleep",
				   .base = SLEEP_CONTROL_PORT,
				   .len = 2,
				   .width = 1,
				   .read = sleep_in,
				   .write = sleep_out,
				   .owner = m};
	int err = machine_add_region(m, BUS_PORT, &reset);

	return err ? err : machine_add_region(m, BUS_PORT, &sleep);
}

const struct device reset_device = {.name = "reset", .platforms = ON_PC, .create = create};
