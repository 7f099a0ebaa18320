/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From an image to a guest that can be entered: what a loader gets, and what it answers. It
 * knows nothing of KVM, so that loaders run without it.
 */
#ifndef VMM_BOOT_H
#define VMM_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/guest.h"
#include "vmm/guest_memory.h"
#include "vmm/image.h"

/* How the first instruction finds the processor. */
enum cpu_mode {
	CPU_REAL,    /* 16 bits; CS is the 64 KiB that RIP lies in, the others are at 0 */
	CPU_FLAT,    /* 32 bits, protected mode, flat segments, no paging */
	CPU_LONG,    /* 64 bits, the first 4 GiB mapped one to one */
	CPU_INVALID, /* 64-bit and 32-bit code at once, which no processor enters: a lesson */
};

/*
 * The registers that matter to it; all others are 0. On the platform "bare" every vCPU starts
 * so, with its index added to RBX, and a page further for each on RSP.
 */
struct cpu_start {
	enum cpu_mode mode;
	uint64_t rip, rsp, rax, rbx, rsi;
};

struct boot {
	const char *name; /* of the image, for messages */
	struct image image;
	struct image initrd; /* empty if there is none */
	const char *cmdline; /* "" if there is none */
	uint32_t arg;	     /* a teaching guest's argument */
	unsigned int vcpu_cnt;
	const struct guest_memory *memory; /* zeros, but for what firmware wrote */
	struct cpu_start start;		   /* the loader's answer */
};

struct loader {
	const char *name;
	enum platform platform;
	/* Is the image of this kind? Looks at magic numbers only. */
	bool (*matches)(struct image image);
	/* Puts the image into memory, says how to start. Returns 0, or < 0 after a message. */
	int (*load)(struct boot *boot);
};

/* The loader for an image, by the image's own magic numbers; NULL if nobody knows it. */
const struct loader *loader_find(struct image image);

/* What is common to several loaders. All return 0, or < 0 after a message. */

/* Puts the command line, with its NUL, at LAYOUT_CMDLINE, cut to max bytes: -E2BIG if longer. */
int boot_put_cmdline(const struct boot *boot, const char *cmdline, size_t max);

/*
 * Puts the initrd as high as it fits between lowest and highest (its last byte), below the hole,
 * from a whole page on; *at is where. Nothing to do if there is none: *at is 0 then.
 */
int boot_put_initrd(const struct boot *boot, uint64_t lowest, uint64_t highest, uint64_t *at);

/* Puts tables for CPU_LONG at LAYOUT_PAGE_TABLES and LAYOUT_GDT. */
int boot_put_long_mode(const struct boot *boot);

/* Says that something of the image does not fit into memory, or is broken. Return < 0. */
int boot_no_room(const struct boot *boot, const char *what, uint64_t addr, uint64_t len);
int boot_broken(const struct boot *boot, const char *what);

#endif
