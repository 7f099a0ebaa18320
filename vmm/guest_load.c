/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the step at which a guest's image goes into the machine's memory. */
#include <errno.h>

#include "vmm/boot.h"
#include "vmm/loaders/flat.h"
#include "vmm/machine.h"
#include "vmm/walk.h"

static const enum cpu_mode cpu_modes[] = {
	[GUEST_REAL] = CPU_REAL,
	[GUEST_FLAT] = CPU_FLAT,
	[GUEST_INVALID] = CPU_INVALID,
};

/* Seed: part of pc_init1(), which loads the BIOS; QEMU today: x86_bios_rom_init(). */
WALK int guest_load(struct machine *m)
{
	const struct machine_config *config = &m->config;
	const struct guest *guest = config->guest;
	struct boot boot = {.name = guest->name,
			    .image = guest->image,
			    .initrd = config->initrd,
			    .cmdline = config->cmdline ? config->cmdline : "",
			    .arg = config->arg,
			    .vcpu_cnt = config->vcpu_cnt,
			    .memory = &m->vm.memory};
	int err;

	if (guest->mode == GUEST_IMAGE)
		err = loader_find(guest->image)->load(&boot);
	else
		err = flat_load(&boot, cpu_modes[guest->mode]);
	m->start = boot.start;
	return err;
}
