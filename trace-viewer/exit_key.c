/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One row for each kind of key: how it is taken from an exit, and how it is written. */
#include "trace-viewer/exit_key.h"

#include <inttypes.h>
#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/model.h"
#include "trace-viewer/symbols.h"

static const struct exit_key none = { .space = KEY_NONE };

/* --- keys from exits -------------------------------------------------------------- */

static struct exit_key key_reason(const struct exit_fact *fact)
{
	return (struct exit_key){ fact->isa, fact->reason, NULL };
}

static struct exit_key key_concept(const struct exit_fact *fact)
{
	const struct exit_concept *concept = exit_concept(fact->isa, fact->reason);

	return concept ? (struct exit_key){ 0, exit_concept_index(concept), concept->name } :
			 key_reason(fact);
}

static struct exit_key key_vcpu(const struct exit_fact *fact)
{
	return (struct exit_key){ fact->vm->number, (uint64_t)fact->vcpu_id, NULL };
}

static struct exit_key key_qualifier(const struct exit_fact *fact, enum exit_qualifier qualifier)
{
	return fact->qualifier == qualifier ? (struct exit_key){ 0, fact->qualifier_value, NULL } : none;
}

static struct exit_key key_port(const struct exit_fact *fact)
{
	return key_qualifier(fact, QUALIFIER_PORT);
}

static struct exit_key key_gpa(const struct exit_fact *fact)
{
	struct exit_key key = key_qualifier(fact, QUALIFIER_GPA);

	key.value &= ~EXIT_PAGE_MASK;
	return key;
}

static struct exit_key key_msr(const struct exit_fact *fact)
{
	return key_qualifier(fact, QUALIFIER_MSR);
}

static struct exit_key key_cpuid(const struct exit_fact *fact)
{
	return key_qualifier(fact, QUALIFIER_CPUID);
}

static struct exit_key key_symbol(const struct exit_fact *fact)
{
	uint64_t offset;
	const char *name = symbols_name(fact->rip, &offset);

	return name ? (struct exit_key){ 1, 0, name } : (struct exit_key){ 0, fact->rip, NULL };
}

static struct exit_key key_handler(const struct exit_fact *fact)
{
	const struct func_row *row = fact->handler ? fact->handler : fact->kernel_handler;

	return row ? (struct exit_key){ 0, fact->handler != NULL, row->symbol } : none;
}

static struct exit_key key_user(const struct exit_fact *fact)
{
	return fact->user_reason < 0 ? none : (struct exit_key){ 0, (uint64_t)fact->user_reason, NULL };
}

/* --- devices ---------------------------------------------------------------------- */

enum device_space { DEVICE_PORT = 1, DEVICE_GPA, DEVICE_MSR };

struct device {
	uint32_t space;
	uint64_t first, last;
	const char *name;
};

static const struct device devices[] = {
#define DEVICE_GPA(first, last, name) { DEVICE_GPA, first, last, name },
#define DEVICE_MSR(first, last, name) { DEVICE_MSR, first, last, name },
#include "trace-viewer/kb/devices.def"
#undef DEVICE_GPA
#undef DEVICE_MSR
};

static const struct device *device_find(uint32_t space, uint64_t value)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (devices[i].space == space && value >= devices[i].first && value <= devices[i].last)
			return &devices[i];
	return NULL;
}

/* The same device may be reached in several ways: it is one by its name. */
static struct exit_key key_device(const struct exit_fact *fact)
{
	uint64_t value = fact->qualifier_value;
	const struct device *device;
	const char *name;

	switch (fact->qualifier) {
	case QUALIFIER_PORT:
		name = kb_port_name((uint32_t)value);
		return name ? (struct exit_key){ 0, 0, name } : (struct exit_key){ DEVICE_PORT, value, NULL };
	case QUALIFIER_GPA:
		device = device_find(DEVICE_GPA, value);
		if (device)
			return (struct exit_key){ 0, 0, device->name };
		/* a fault that only needed a page is no device */
		return fact->user_reason != KVM_EXIT_MMIO ? none :
		       (struct exit_key){ DEVICE_GPA, value & ~EXIT_PAGE_MASK, NULL };
	case QUALIFIER_MSR:
		device = device_find(DEVICE_MSR, value);
		return device ? (struct exit_key){ 0, 0, device->name } : none;
	default:
		return none;
	}
}

/* --- names -------------------------------------------------------------------------- */

static void add_named(struct text *t, uint64_t value, const char *name)
{
	text_add(t, "0x%" PRIx64 "%s%s", value, name ? " " : "", name ? name : "");
}

static void add_reason(struct text *t, const struct exit_key *key)
{
	exit_add_name(t, key->space, (uint32_t)key->value);
}

static void add_concept(struct text *t, const struct exit_key *key)
{
	if (key->text)
		text_add(t, "%s", key->text);
	else
		add_reason(t, key);
}

static void add_vcpu(struct text *t, const struct exit_key *key)
{
	text_add(t, "VM %" PRIu32 " vCPU %" PRIu64, key->space, key->value);
}

static void add_port(struct text *t, const struct exit_key *key)
{
	add_named(t, key->value, kb_port_name((uint32_t)key->value));
}

static void add_gpa(struct text *t, const struct exit_key *key)
{
	const struct device *device = device_find(DEVICE_GPA, key->value);

	add_named(t, key->value, device ? device->name : NULL);
}

static void add_msr(struct text *t, const struct exit_key *key)
{
	add_named(t, key->value, kb_msr_name((uint32_t)key->value));
}

static void add_cpuid(struct text *t, const struct exit_key *key)
{
	add_named(t, key->value, kb_cpuid_leaf((uint32_t)key->value));
}

static void add_symbol(struct text *t, const struct exit_key *key)
{
	if (key->text)
		text_add(t, "%s", key->text);
	else
		text_add(t, "rip 0x%" PRIx64, key->value);
}

static void add_text(struct text *t, const struct exit_key *key)
{
	text_add(t, "%s", key->text);
}

static void add_device(struct text *t, const struct exit_key *key)
{
	if (key->text)
		text_add(t, "%s", key->text);
	else
		text_add(t, "%s 0x%" PRIx64, key->space == DEVICE_PORT ? "port" : "page", key->value);
}

static void add_user(struct text *t, const struct exit_key *key)
{
	const struct kb_exit *exit = key->value <= UINT32_MAX ? kb_kvm_exit((uint32_t)key->value) : NULL;

	if (exit)
		text_add(t, "%s", exit->name);
	else
		text_add(t, "KVM_EXIT_%" PRIu64, key->value);
}

/* --- the kinds ----------------------------------------------------------------------- */

static const struct {
	const char *name, *title;
	const char *none; /* exits without such a key */
	bool is_number;	  /* a selector's value is compared with key.value */
	struct exit_key (*of)(const struct exit_fact *fact);
	void (*add)(struct text *t, const struct exit_key *key);
} kinds[BY_CNT] = {
	[BY_REASON] = { "reason", "EXIT", "", false, key_reason, add_reason },
	[BY_CONCEPT] = { "concept", "EXIT", "", false, key_concept, add_concept },
	[BY_VCPU] = { "vcpu", "VCPU", "", true, key_vcpu, add_vcpu },
	[BY_PORT] = { "port", "PORT", "(no port)", true, key_port, add_port },
	[BY_GPA] = { "gpa", "GUEST PAGE", "(no page)", true, key_gpa, add_gpa },
	[BY_MSR] = { "msr", "MSR", "(no MSR)", true, key_msr, add_msr },
	[BY_CPUID] = { "cpuid", "LEAF", "(no CPUID)", true, key_cpuid, add_cpuid },
	[BY_SYMBOL] = { "symbol", "GUEST CODE", "", true, key_symbol, add_symbol },
	[BY_HANDLER] = { "handler", "HANDLER", "(none was seen)", false, key_handler, add_text },
	[BY_DEVICE] = { "device", "DEVICE", "(no device)", false, key_device, add_device },
	[BY_USER] = { "user", "KVM_RUN RETURNED", "(stayed in the kernel)", false, key_user, add_user },
};

enum exit_by exit_by_name(const char *name, size_t name_sz)
{
	if (name_sz == 2 && !memcmp(name, "io", 2))
		return BY_PORT;
	for (enum exit_by by = 0; by < BY_CNT; by++)
		if (strlen(kinds[by].name) == name_sz && !memcmp(kinds[by].name, name, name_sz))
			return by;
	return BY_CNT;
}

const char *exit_by_title(enum exit_by by)
{
	return kinds[by].title;
}

struct exit_key exit_key_of(enum exit_by by, const struct exit_fact *fact)
{
	return kinds[by].of(fact);
}

void exit_key_add(struct text *t, enum exit_by by, const struct exit_key *key)
{
	if (key->space == KEY_NONE)
		text_add(t, "%s", kinds[by].none);
	else if (key->space == KEY_BEYOND)
		text_add(t, "(beyond the table)");
	else
		kinds[by].add(t, key);
}

bool exit_by_is_number(enum exit_by by)
{
	return kinds[by].is_number;
}

bool exit_key_is_none(const struct exit_key *key)
{
	return key->space == KEY_NONE || key->space == KEY_BEYOND;
}

int exit_key_compare(const struct exit_key *a, const struct exit_key *b)
{
	if (a->space != b->space)
		return a->space < b->space ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if (a->text == b->text)
		return 0;
	return !a->text ? -1 : !b->text ? 1 : strcmp(a->text, b->text);
}
