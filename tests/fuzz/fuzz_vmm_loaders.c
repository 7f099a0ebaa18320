/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Images that nobody vouches for, in the hands of their loaders: whatever the bytes say, nothing
 * outside of the guest's memory is touched, which ends at a page that must not be, and a guest that
 * is to start does so within what its mode can reach. The first two bytes give the initrd's size
 * and how long the command line is.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/fuzz/fuzz_input.h"
#include "vmm/boot.h"
#include "vmm/complain.h"
#include "vmm/layout.h"

#define LOW_SIZE  (24ull << 20) /* enough for a kernel that unpacks itself at 16 MiB */
#define HIGH_SIZE (1ull << 20)
#define GUARD	  4096

/* In place of the VMM's own, which would print a million complaints. */
void complain(const char *fmt, ...)
{
	(void)fmt;
}

static uint8_t *map(uint64_t size)
{
	uint8_t *bytes = mmap(NULL, size + GUARD, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (bytes == MAP_FAILED || mprotect(bytes + size, GUARD, PROT_NONE) < 0)
		abort();
	return bytes;
}

static void check_start(const struct boot *boot)
{
	const struct cpu_start *start = &boot->start;

	if (start->mode == CPU_FLAT && (start->rip > UINT32_MAX || start->rbx > UINT32_MAX))
		abort();
	if (start->mode == CPU_REAL && start->rip >= LAYOUT_HIGH)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guest_memory memory;
	static char cmdline[0x1000];
	const struct loader *loader;
	struct boot boot = {.name = "fuzz", .vcpu_cnt = 1, .memory = &memory};
	uint8_t *copy;

	if (size < 2)
		return 0;
	if (!memory.slot_cnt) {
		memory.slots[0] = (struct memory_slot){GPA(0), LOW_SIZE, map(LOW_SIZE)};
		memory.slots[1] =
			(struct memory_slot){GPA(LAYOUT_ABOVE_4G), HIGH_SIZE, map(HIGH_SIZE)};
		memory.slot_cnt = 2;
	}
	/* Of its own size, so that AddressSanitizer sees a read behind its end. */
	copy = malloc(size);
	memcpy(copy, data, size);
	boot.initrd = (struct image){copy, data[0] < size ? data[0] : 0};
	boot.image = (struct image){copy + 2, size - 2};
	memset(cmdline, 'x', sizeof(cmdline) - 1);
	cmdline[data[1] * 16] = '\0';
	boot.cmdline = cmdline;

	loader = loader_find(boot.image);
	if (loader && loader->load(&boot) == 0)
		check_start(&boot);
	free(copy);
	for (unsigned int i = 0; i < memory.slot_cnt; i++)
		madvise(memory.slots[i].host, memory.slots[i].size, MADV_DONTNEED);
	return 0;
}
