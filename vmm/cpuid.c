/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the leaves of CPUID that cannot be the host's: which CPU this is, how many there are, and
 * what of the hardware the VMM does not pass on. SDM vol. 2, CPUID; APM vol. 3, appendix E.
 */
#include <stddef.h>
#include <stdint.h>

#include "vmm/cpuid.h"

#define BIT(n) (1u << (n))

/* So many bits of an APIC ID tell the CPUs of a package apart. */
static unsigned int id_bits(const struct cpuid_place *place)
{
	unsigned int bits = 0;

	while (1u << bits < place->cnt)
		bits++;
	return bits;
}

static void features(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	e->ebx = (e->ebx & 0xffff) | place->cnt << 16 | place->id << 24;
	e->ecx |= BIT(31);  /* a hypervisor is present */
	e->ecx &= ~BIT(5);  /* no VMX: we do not nest */
	e->ecx &= ~BIT(24); /* KVM leaves the deadline timer to who makes the local APIC */
	e->ecx |= place->tsc_deadline ? BIT(24) : 0;
	e->edx &= ~BIT(28);
	e->edx |= place->cnt > 1 ? BIT(28) : 0; /* ebx tells how many */
}

/* Caches: those of level 3 serve all CPUs, the others one. Intel says how many there are too. */
static void caches(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	uint32_t others = BIT(id_bits(place)) - 1;

	if (!(e->eax & 0x1f))
		return;
	e->eax &= 0x3fff;
	e->eax |= (e->eax >> 5 & 7) == 3 ? others << 14 : 0;
	if (e->function == 4)
		e->eax |= others << 26;
}

/* No energy-performance bias: it is an MSR that KVM does not have. */
static void power(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	(void)place;
	e->ecx &= ~BIT(3);
}

static void nothing(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	(void)place;
	e->eax = e->ebx = e->ecx = e->edx = 0;
}

/* AMD: no SVM, and no performance counters; "all of a package's CPUs are cores". */
static void amd_features(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	e->ecx &= ~(BIT(1) | BIT(2) | BIT(23) | BIT(24) | BIT(28));
	e->ecx |= place->cnt > 1 ? BIT(1) : 0;
}

static void amd_sizes(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	e->ecx = (e->ecx & 0xffff0f00) | id_bits(place) << 12 | (place->cnt - 1);
}

/* APIC ID; which core, of one thread; which node, of one. */
static void amd_topology(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place)
{
	e->eax = place->id;
	e->ebx = place->id & 0xff;
	e->ecx = 0;
}

static const struct {
	uint32_t function;
	void (*adapt)(struct kvm_cpuid_entry2 *e, const struct cpuid_place *place);
} rows[] = {
	/* clang-format off */
	{0x00000001, features},
	{0x00000004, caches},
	{0x00000006, power},
	{0x0000000a, nothing},	    /* performance counters */
	{0x80000001, amd_features},
	{0x80000008, amd_sizes},
	{0x8000000a, nothing},	    /* SVM */
	{0x8000001d, caches},
	{0x8000001e, amd_topology},
	/* clang-format on */
};

/* Intel's two leaves for the same: what KVM gives has no levels, so we write our own. */
static bool is_topology(uint32_t function)
{
	return function == 0xb || function == 0x1f;
}

static uint32_t drop_topology(struct cpuid_table *table)
{
	uint32_t kept = 0, max_leaf = 0;

	for (uint32_t i = 0; i < table->head.nent && i < CPUID_ENTRIES_MAX; i++) {
		const struct kvm_cpuid_entry2 *e = &table->entries[i];

		if (e->function == 0)
			max_leaf = e->eax;
		if (!is_topology(e->function))
			table->entries[kept++] = *e;
	}
	table->head.nent = kept;
	return max_leaf;
}

/* A thread in its core, which has one; a core in the package; the end. EDX is the x2APIC ID. */
static void add_topology(struct cpuid_table *table, const struct cpuid_place *place)
{
	const struct {
		uint32_t shift, cnt, type;
	} levels[] = {{0, 1, 1}, {id_bits(place), place->cnt, 2}, {0, 0, 0}};

	for (uint32_t i = 0; i < 3 && table->head.nent < CPUID_ENTRIES_MAX; i++)
		table->entries[table->head.nent++] =
			(struct kvm_cpuid_entry2){.function = 0xb,
						  .index = i,
						  .flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
						  .eax = levels[i].shift,
						  .ebx = levels[i].cnt,
						  .ecx = levels[i].type << 8 | i,
						  .edx = place->id};
}

/*
 * KVM offers MSR_IA32_ARCH_CAPABILITIES on AMD as well, where no processor has it, and some guests
 * do not expect it.
 */
static void hide_arch_capabilities(struct cpuid_table *table)
{
	bool is_amd = false;

	for (uint32_t i = 0; i < table->head.nent; i++) {
		struct kvm_cpuid_entry2 *e = &table->entries[i];

		if (e->function == 0)
			is_amd = e->ebx == 0x68747541; /* "Auth" of AuthenticAMD */
		if (is_amd && e->function == 7 && e->index == 0)
			e->edx &= ~BIT(29);
	}
}

void cpuid_adapt(struct cpuid_table *table, const struct cpuid_place *place)
{
	uint32_t max_leaf = drop_topology(table);

	for (uint32_t i = 0; i < table->head.nent; i++)
		for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
			if (table->entries[i].function == rows[row].function)
				rows[row].adapt(&table->entries[i], place);
	if (max_leaf >= 0xb)
		add_topology(table, place);
	hide_arch_capabilities(table);
}
