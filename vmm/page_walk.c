/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the walk of the guest's page tables. SDM vol. 3, 4.3 to 4.5; APM vol. 2, 5.2 and 5.3. */
#include <stdbool.h>

#include "vmm/page_walk.h"
#include "vmm/x86.h"

#define ENTRY_P	 (1ull << 0)
#define ENTRY_PS (1ull << 7) /* a page, not a table of the next level */

/* Bits 51 to 12: above them are flags and what no processor has. */
#define ENTRY_ADDR 0x000ffffffffff000ull

struct level {
	const char *name;
	unsigned int shift, bits; /* which bits of the address are the index */
	bool large;		  /* the entry may map a page by itself */
};

struct paging {
	unsigned int entry_size, level_cnt;
	uint64_t root_mask; /* the bits of CR3 that are the first table's address */
	struct level levels[PAGE_WALK_LEVELS];
};

static const struct paging paging_32 = {
	4, 2, 0xfffff000, {{"PDE", 22, 10, true}, {"PTE", 12, 10, false}}};
static const struct paging paging_32_small = {
	4, 2, 0xfffff000, {{"PDE", 22, 10, false}, {"PTE", 12, 10, false}}};
static const struct paging paging_pae = {
	8, 3, 0xffffffe0, {{"PDPTE", 30, 2, false}, {"PDE", 21, 9, true}, {"PTE", 12, 9, false}}};

#define FOUR_LEVELS                                                                                \
	{"PML4E", 39, 9, false}, {"PDPTE", 30, 9, true}, {"PDE", 21, 9, true},                     \
	{                                                                                          \
		"PTE", 12, 9, false                                                                \
	}

static const struct paging paging_4 = {8, 4, ENTRY_ADDR, {FOUR_LEVELS}};
static const struct paging paging_5 = {8, 5, ENTRY_ADDR, {{"PML5E", 48, 9, false}, FOUR_LEVELS}};

static const struct paging *paging_of(const struct kvm_sregs *s)
{
	if (s->efer & EFER_LMA)
		return s->cr4 & CR4_LA57 ? &paging_5 : &paging_4;
	if (s->cr4 & CR4_PAE)
		return &paging_pae;
	return s->cr4 & CR4_PSE ? &paging_32 : &paging_32_small;
}

/* In 64-bit mode the bits above the walked ones must all equal the highest of those. */
static bool is_canonical(const struct kvm_sregs *s, uint64_t linear)
{
	unsigned int unused = s->cr4 & CR4_LA57 ? 7 : 16;

	return (uint64_t)((int64_t)(linear << unused) >> unused) == linear;
}

/* The frame that the entry maps; 32-bit tables keep bits 39 to 32 of a large one in 20 to 13. */
static uint64_t frame_of(const struct paging *paging, uint64_t entry, uint64_t page_size)
{
	uint64_t frame = entry & ENTRY_ADDR & ~(page_size - 1);

	if (paging->entry_size == 4 && page_size > 4096)
		frame |= (entry & 0x1fe000) << 19;
	return frame;
}

enum page_walk_end page_walk(struct page_walk *walk, const struct guest_memory *memory,
			     const struct kvm_sregs *sregs, uint64_t linear)
{
	const struct paging *paging = paging_of(sregs);
	uint64_t table = sregs->cr3 & paging->root_mask;

	*walk = (struct page_walk){.physical = GPA(linear)};
	if (!(sregs->efer & EFER_LMA))
		linear = (uint32_t)linear;
	else if (!is_canonical(sregs, linear))
		return PAGE_NOT_CANONICAL;
	walk->physical = GPA(linear);
	if (!(sregs->cr0 & CR0_PG))
		return PAGE_MAPPED;

	for (unsigned int i = 0; i < paging->level_cnt; i++) {
		const struct level *level = &paging->levels[i];
		struct page_step *step = &walk->steps[walk->step_cnt++];
		uint64_t page_size = 1ull << level->shift;

		step->name = level->name;
		step->index = (unsigned int)(linear >> level->shift) & ((1u << level->bits) - 1);
		step->addr = GPA(table + step->index * paging->entry_size);
		if (guest_memory_read(memory, step->addr, &step->entry, paging->entry_size) < 0)
			return PAGE_NO_TABLE;
		if (!(step->entry & ENTRY_P))
			return PAGE_NOT_PRESENT;
		if (level->shift == 12 || (level->large && (step->entry & ENTRY_PS))) {
			walk->page_size = page_size;
			walk->physical = GPA(frame_of(paging, step->entry, page_size) |
					     (linear & (page_size - 1)));
			return PAGE_MAPPED;
		}
		table = step->entry & ENTRY_ADDR;
	}
	return PAGE_NOT_PRESENT; /* not reached: the last level's shift is 12 */
}
