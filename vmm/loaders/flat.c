/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns flat images, which have no header: the first byte is the first instruction. */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "vmm/boot.h"
#include "vmm/complain.h"
#include "vmm/guest_abi.h"
#include "vmm/loaders/flat.h"

/*
 * There is no magic number to look at, so this is asked last. An ELF file that nobody else took is
 * none we can boot, and its header no code.
 */
static bool matches(struct image image)
{
	const void *magic = image_at(image, 0, SELFMAG);

	return image.size <= GUEST_IMAGE_MAX && !(magic && !memcmp(magic, ELFMAG, SELFMAG));
}

int flat_load(struct boot *boot, enum cpu_mode mode)
{
	size_t size = boot->image.size;

	if (size > GUEST_IMAGE_MAX ||
	    guest_memory_write(boot->memory, GPA(GUEST_LOAD_GPA), boot->image.bytes, size) < 0) {
		complain("%s: %zu bytes do not fit below 64 KiB; make the image smaller",
			 boot->name, size);
		return -EFBIG;
	}
	boot->start = (struct cpu_start){.mode = mode,
					 .rip = GUEST_LOAD_GPA,
					 .rsp = GUEST_STACK_GPA + GUEST_STACK_SIZE,
					 .rax = boot->arg};
	return 0;
}

static int load(struct boot *boot)
{
	return flat_load(boot, CPU_REAL);
}

const struct loader flat_loader = {
	.name = "flat 16-bit image", .platform = PLATFORM_BARE, .matches = matches, .load = load};
