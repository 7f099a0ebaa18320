/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The structures behind the arguments of KVM's ioctls (<linux/kvm.h>, <asm/kvm.h>): which fields they
 * have, where, and how a reader wants to see them.
 */
#ifndef KVMTREE_IOCTL_LAYOUT_H
#define KVMTREE_IOCTL_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum field_form {
	FORM_HEX,
	FORM_NUMBER,
	FORM_SIGNED,
	FORM_BYTES,	 /* a size: "16 MiB" */
	FORM_FLAGS,	 /* one of `words` for each bit that is set */
	FORM_WORD,	 /* one of `words` */
	FORM_CAPABILITY, /* KVM_CAP_* */
	FORM_MSR,	 /* the number of one */
};

struct ioctl_field {
	const char *name; /* as the header has it */
	uint16_t offset, size;
	uint8_t form;
	uint8_t only;	   /* 0, or one bit for each value of the structure's first u32 with which it is there */
	const char *label; /* in a line of the tree: "gpa" for "gpa=..."; "" for the value alone; NULL: not there */
	bool when_set;	   /* in the tree, only when it is not 0 */
	const char *const *words; /* by bit, or by value; NULLs between; ends at `word_cnt` */
	uint8_t word_cnt;
};

struct ioctl_layout {
	uint32_t cmd;
	const char *type; /* "kvm_regs" */
	uint16_t size;
	const struct ioctl_field *fields;
	uint8_t field_cnt;
	/* an array after it, whose length is the structure's first u32, or `entry_cnt` when that is not 0 */
	const struct ioctl_field *entry_fields;
	uint8_t entry_field_cnt;
	uint16_t entry_offset, entry_size, entry_cnt;
};

/* NULL: it has no structure, or none that is known. */
const struct ioctl_layout *ioctl_layout(uint32_t cmd);
/* Row i; NULL: there are no more. */
const struct ioctl_layout *ioctl_layout_row(uint32_t i);

#endif
