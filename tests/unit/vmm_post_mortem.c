/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a post-mortem finds out: the walk of a guest's page tables, the broken rule. No KVM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/entry_rules.h"
#include "vmm/internal_error.h"
#include "vmm/page_walk.h"
#include "vmm/x86.h"

#define RAM 0x10000

#define VMX_INVALID 0x80000021

/* 64 KiB at guest-physical 0, in which each test puts its tables. */
struct world {
	uint8_t ram[RAM];
	struct guest_memory memory;
	struct kvm_sregs s;
	struct page_walk walk;
};

static int set_up(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));

	w->memory = (struct guest_memory){.slot_cnt = 1,
					  .slots = {{.base = GPA(0), .size = RAM, .host = w->ram}}};
	w->s.cr0 = CR0_PG | CR0_PE;
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	test_free(*state);
	return 0;
}

static void put(struct world *w, uint64_t addr, uint64_t entry, size_t size)
{
	memcpy(w->ram + addr, &entry, size);
}

static enum page_walk_end walk(struct world *w, uint64_t linear)
{
	return page_walk(&w->walk, &w->memory, &w->s, linear);
}

static void no_paging(void **state)
{
	struct world *w = *state;

	w->s.cr0 = 0;
	assert_int_equal(walk(w, 0x100001234), PAGE_MAPPED);
	assert_int_equal(w->walk.step_cnt, 0);
	assert_int_equal(w->walk.physical.v, 0x1234); /* 32 bits of address */
}

static void two_levels(void **state)
{
	struct world *w = *state;

	w->s.cr3 = 0x1018; /* PCD and PWT are not address bits */
	put(w, 0x1000 + 4 * 0x300, 0x2003, 4);
	put(w, 0x2000 + 4 * 5, 0xabc000 | 3, 4);
	assert_int_equal(walk(w, 0xc0005678), PAGE_MAPPED);
	assert_int_equal(w->walk.step_cnt, 2);
	assert_string_equal(w->walk.steps[1].name, "PTE");
	assert_int_equal(w->walk.steps[1].addr.v, 0x2014);
	assert_int_equal(w->walk.physical.v, 0xabc678);
	assert_int_equal(w->walk.page_size, 4096);

	/* PS counts with CR4.PSE only; bits 20 to 13 are address bits 39 to 32. */
	put(w, 0x1000 + 4, 0x00c02000 | 0x83, 4);
	assert_int_equal(walk(w, 0x400004), PAGE_NO_TABLE);
	w->s.cr4 = CR4_PSE;
	assert_int_equal(walk(w, 0x400004), PAGE_MAPPED);
	assert_true(w->walk.physical.v == 0x100c00004);
	assert_int_equal(w->walk.page_size, 4 << 20);
}

static void pae(void **state)
{
	struct world *w = *state;

	w->s.cr4 = CR4_PAE;
	w->s.cr3 = 0x1020; /* 32 bytes aligned, no more */
	put(w, 0x1020 + 8 * 3, 0x3001, 8);
	put(w, 0x3000 + 8 * 2, 0x8000000000600083, 8);
	assert_int_equal(walk(w, 0xc0412345), PAGE_MAPPED);
	assert_int_equal(w->walk.step_cnt, 2);
	assert_int_equal(w->walk.physical.v, 0x612345);
	assert_int_equal(walk(w, 0), PAGE_NOT_PRESENT);
	assert_int_equal(w->walk.step_cnt, 1);
}

static void four_and_five_levels(void **state)
{
	struct world *w = *state;

	w->s.efer = EFER_LMA | EFER_LME;
	w->s.cr4 = CR4_PAE;
	w->s.cr3 = 0x1000;
	put(w, 0x1000 + 8 * 511, 0x2003, 8);
	put(w, 0x2000 + 8 * 510, 0x3003, 8);
	put(w, 0x3000 + 8 * 1, 0x4003, 8);
	put(w, 0x4000 + 8 * 2, 0x5007, 8);
	assert_int_equal(walk(w, 0xffffffff80202001), PAGE_MAPPED);
	assert_int_equal(w->walk.step_cnt, 4);
	assert_int_equal(w->walk.physical.v, 0x5001);
	assert_int_equal(walk(w, 0x0000ffff80202001), PAGE_NOT_CANONICAL);

	/* A large page of 1 GiB, one level further up. */
	w->s.cr4 |= CR4_LA57;
	w->s.cr3 = 0x8000;
	put(w, 0x8000 + 8 * 1, 0x9003, 8);
	put(w, 0x9000, 0xa003, 8);
	put(w, 0xa000, 0x40000083, 8);
	assert_int_equal(walk(w, 0x0001000012345678), PAGE_MAPPED);
	assert_string_equal(w->walk.steps[0].name, "PML5E");
	assert_int_equal(w->walk.physical.v, 0x52345678);
	assert_int_equal(w->walk.page_size, 1 << 30);
}

/* Tables that point at themselves, and out of memory: the walk ends, and reads nothing else. */
static void hostile_tables(void **state)
{
	struct world *w = *state;

	w->s.efer = EFER_LMA | EFER_LME;
	w->s.cr4 = CR4_PAE;
	w->s.cr3 = 0x1000;
	put(w, 0x1000, 0x1003, 8);
	assert_int_equal(walk(w, 0x18), PAGE_MAPPED);
	assert_int_equal(w->walk.physical.v, 0x1018);
	put(w, 0x1000, 0x000ffffffffff003, 8);
	assert_int_equal(walk(w, 0x18), PAGE_NO_TABLE);
	assert_int_equal(w->walk.step_cnt, 2);
	w->s.cr3 = UINT64_MAX;
	assert_int_equal(walk(w, 0x18), PAGE_NO_TABLE);
	w->s.cr4 |= CR4_LA57;
	assert_int_equal(walk(w, UINT64_MAX), PAGE_NO_TABLE);
}

/* A state that every processor enters: flat 32-bit protected mode. */
static void good_state(struct kvm_regs *r, struct kvm_sregs *s)
{
	const struct kvm_segment flat = {
		.limit = 0xffffffff, .type = 3, .s = 1, .present = 1, .db = 1, .g = 1};

	*r = (struct kvm_regs){.rflags = RFLAGS_ALWAYS_1};
	*s = (struct kvm_sregs){.cr0 = CR0_PE};
	s->cs = s->ss = s->ds = s->es = s->fs = s->gs = flat;
	s->cs.type = 11;
	s->tr = (struct kvm_segment){.limit = 0xffff, .type = 11, .present = 1};
}

static void only_rule(const struct kvm_regs *r, const struct kvm_sregs *s, const char *begin,
		      uint64_t reason)
{
	unsigned int i = 0;
	const char *rule = entry_rule_broken(&i, reason, r, s);

	assert_non_null(rule);
	assert_memory_equal(rule, begin, strlen(begin));
	assert_null(entry_rule_broken(&i, reason, r, s));
}

static void entry_rules(void **state)
{
	struct kvm_sregs s;
	struct kvm_regs r;
	unsigned int i = 0;

	(void)state;
	good_state(&r, &s);
	assert_null(entry_rule_broken(&i, VMX_INVALID, &r, &s));
#define BREAK(change, begin)                                                                       \
	do {                                                                                       \
		good_state(&r, &s);                                                                \
		change;                                                                            \
		only_rule(&r, &s, begin, VMX_INVALID);                                             \
	} while (0)
	BREAK(s.cr0 = CR0_PG, "CR0.PG is set");
	BREAK(s.cr0 |= 1ull << 32, "CR0 has bits");
	BREAK(s.cr0 |= CR0_PG; s.efer = EFER_LME | EFER_LMA, "EFER.LMA is set, CR0.PG");
	BREAK(s.cr0 |= CR0_PG; s.efer = EFER_LME, "EFER.LMA is not");
	BREAK(s.cs.type = 2, "the type of CS");
	BREAK(s.cs.present = 0, "CS is not a present");
	BREAK(s.ss.type = 2, "the type of SS");
	BREAK(s.fs.g = 0, "a segment's G bit");
	BREAK(s.gs.limit = 0xfffff000, "a segment's G bit");
	BREAK(s.tr.type = 9, "TR is not a busy");
	BREAK(s.tr.present = 0, "TR is not usable");
	BREAK(r.rip = 1ull << 32, "RIP has bits");
	BREAK(r.rflags = 0, "RFLAGS lacks");
	BREAK(s.cr0 = 0; r.rflags |= RFLAGS_VM, "RFLAGS.VM");
	BREAK(s.cr0 |= CR0_PG; s.cr4 = CR4_PAE; s.efer = EFER_LME | EFER_LMA;
	      s.cs.l = 1, "CS has both L and D");
#undef BREAK

	/* SVM has fewer rules, and one of its own. */
	good_state(&r, &s);
	s.tr.type = 9, s.cr0 |= CR0_NW;
	only_rule(&r, &s, "CR0.NW is set", UINT64_MAX);
}

static void internal_errors(void **state)
{
	char text[INTERNAL_ERROR_TEXT], small[8];
	struct kvm_run run = {0};

	(void)state;
	run.internal.suberror = KVM_INTERNAL_ERROR_DELIVERY_EV;
	run.internal.ndata = 2;
	run.internal.data[1] = 0x30;
	internal_error_text(&run, text, sizeof(text));
	assert_non_null(strstr(text, "while an event was being delivered; data (event, exit"));
	assert_non_null(strstr(text, "): 0x0 0x30"));

	run.internal.suberror = KVM_INTERNAL_ERROR_EMULATION;
	run.internal.ndata = UINT32_MAX; /* more than there is room for */
	memset(run.internal.data, 0xff, sizeof(run.internal.data));
	internal_error_text(&run, text, sizeof(text));
	assert_non_null(strstr(text, "; instruction: ff ff ff"));
	internal_error_text(&run, small, sizeof(small));
	assert_int_equal(strlen(small), sizeof(small) - 1);
	run.internal.ndata = 2;
	assert_null(strstr(internal_error_text(&run, text, sizeof(text)), "; instruction"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(no_paging),
		TEST(two_levels),
		TEST(pae),
		TEST(four_and_five_levels),
		TEST(hostile_tables),
		cmocka_unit_test(entry_rules),
		cmocka_unit_test(internal_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
