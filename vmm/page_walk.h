/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The guest's own page tables, walked as its processor walks them: from linear to physical. */
#ifndef VMM_PAGE_WALK_H
#define VMM_PAGE_WALK_H

#include <linux/kvm.h>
#include <stdint.h>

#include "vmm/guest_memory.h"

#define PAGE_WALK_LEVELS 5

enum page_walk_end {
	PAGE_MAPPED,
	PAGE_NOT_PRESENT,   /* the last step's entry has its P bit clear */
	PAGE_NO_TABLE,	    /* the last step's entry is where no memory is */
	PAGE_NOT_CANONICAL, /* 64-bit mode: the address is none, no step was made */
};

struct page_step {
	const char *name; /* "PML4E", of the entry that was read */
	unsigned int index;
	gpa_t addr; /* of the entry */
	uint64_t entry;
};

struct page_walk {
	unsigned int step_cnt; /* 0 without paging */
	struct page_step steps[PAGE_WALK_LEVELS];
	gpa_t physical;	    /* if mapped */
	uint64_t page_size; /* if mapped; 0 without paging */
};

/*
 * Walks as sregs say: no paging, 32-bit, PAE, four or five levels. The tables are the guest's,
 * so nothing in them is believed: each entry is read through memory's checks, copied.
 */
enum page_walk_end page_walk(struct page_walk *walk, const struct guest_memory *memory,
			     const struct kvm_sregs *sregs, uint64_t linear);

#endif
