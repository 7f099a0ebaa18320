/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What runs in a VM: one of our own guests, or a file. */
#ifndef VMM_GUEST_H
#define VMM_GUEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/image.h"

/* How its image is to be loaded. */
enum guest_mode {
	GUEST_REAL,    /* flat, entered in 16-bit real mode */
	GUEST_FLAT,    /* flat, entered in 32-bit protected mode with flat segments, no paging */
	GUEST_INVALID, /* flat, but the processor is to refuse the state it is entered in */
	GUEST_IMAGE,   /* as the image's own magic number says */
};

/* What is around the processor. */
enum platform {
	PLATFORM_BARE, /* no interrupts: HLT ends a vCPU, all vCPUs start at once */
	PLATFORM_PC,   /* KVM's interrupt controllers and timer; the guest wakes vCPUs 1... */
};

struct guest {
	const char *name;
	enum guest_mode mode;
	enum platform platform;
	const char *arg_name; /* "" if it takes none */
	uint32_t arg_default;
	const char *sentence;
	struct image image;
};

/* The embedded guest of that name, or NULL. */
const struct guest *guest_find(const char *name);

/* The embedded guest whose name is almost that, or NULL. */
const struct guest *guest_near(const char *name);

void guest_list(FILE *out);

/*
 * The guest that the command line calls name: embedded, or else the file at that path, in a
 * format that a loader knows. Returns NULL after a message. guest_free() is due, and takes NULL.
 */
const struct guest *guest_open(const char *name);
void guest_free(const struct guest *guest);

/* The image of a file's guest has been loaded, and is not needed again: its memory goes back. */
void guest_drop_image(const struct guest *guest);

#endif
