/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads the structures of ioctls by their layouts. Their bytes are the guest's and the VMM's: any. */
#include "trace-viewer/ioctl_data.h"

#include <string.h>

#include "trace-viewer/ioctl_layout.h"
#include "trace-viewer/kb.h"

/* Entries of an array that a line of the tree has room for. */
#define SHOWN_ENTRIES 3

/* The bytes of a structure, or of an entry. */
struct bytes {
	const uint8_t *at;
	uint32_t sz;
	uint32_t first; /* the first u32 of the structure: fields may hang on it */
};

static bool field_get(const struct bytes *b, const struct ioctl_field *f, uint64_t *value)
{
	*value = 0;
	if ((uint32_t)f->offset + f->size > b->sz || f->size > sizeof(*value))
		return false;
	memcpy(value, b->at + f->offset, f->size); /* x86: the low bytes come first */
	return !f->only || (b->first < 8 && f->only >> b->first & 1);
}

static struct bytes structure_of(const struct node_ioctl *io)
{
	struct bytes b = { .at = io->data, .sz = io->data ? io->data_sz : 0 };

	if (b.sz >= sizeof(b.first))
		memcpy(&b.first, b.at, sizeof(b.first));
	return b;
}

/* Entry i of the array; false: it has no more, or no more were recorded. */
static bool entry_of(const struct ioctl_layout *layout, const struct bytes *b, uint32_t i, struct bytes *entry)
{
	uint32_t cnt = layout->entry_cnt ? layout->entry_cnt : b->first;
	uint64_t at = layout->entry_offset + (uint64_t)i * layout->entry_size;

	if (!layout->entry_size || i >= cnt || at + layout->entry_size > b->sz)
		return false;
	*entry = (struct bytes){ .at = b->at + at, .sz = layout->entry_size };
	return true;
}

/* --- text --------------------------------------------------------------------------- */

static void add_size(struct text *t, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (unit + 1 < sizeof(units) / sizeof(units[0]) && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		unit++;
	}
	text_add(t, "%llu %s", (unsigned long long)bytes, units[unit]);
}

static void add_flags(struct text *t, const struct ioctl_field *f, uint64_t value, const char *before)
{
	for (uint32_t i = 0; i < f->word_cnt; i++) {
		if (!(value >> i & 1) || !f->words[i])
			continue;
		text_add(t, "%s%s", before, f->words[i]);
		before = " ";
		value &= ~(1ull << i);
	}
	if (value)
		text_add(t, "%s%s=0x%llx", before, f->name, (unsigned long long)value);
}

static void add_value(struct text *t, const struct ioctl_field *f, uint64_t value)
{
	const char *name = f->form == FORM_CAPABILITY ? kb_capability_name(value) :
			   f->form == FORM_MSR	      ? kb_msr_name((uint32_t)value) :
			   f->form == FORM_WORD && value < f->word_cnt ? f->words[value] : NULL;

	if (name)
		text_add(t, "%s", name);
	else if (f->form == FORM_FLAGS)
		add_flags(t, f, value, "");
	else if (f->form == FORM_BYTES)
		add_size(t, value);
	else if (f->form == FORM_SIGNED)
		text_add(t, "%d", (int32_t)value);
	else if (f->form == FORM_HEX || f->form == FORM_MSR)
		text_add(t, "0x%llx", (unsigned long long)value);
	else if (f->form == FORM_WORD)
		text_add(t, "%s=%llu", f->name, (unsigned long long)value);
	else
		text_add(t, "%llu", (unsigned long long)value);
}

/* A field that belongs into the line was not recorded: then others would mislead. */
static bool is_cut(const struct ioctl_layout *layout, const struct bytes *b)
{
	for (uint32_t i = 0; i < layout->field_cnt; i++) {
		const struct ioctl_field *f = &layout->fields[i];

		if (f->label && (uint32_t)f->offset + f->size > b->sz)
			return true;
	}
	return false;
}

static void add_entries(struct text *t, const struct ioctl_layout *layout, const struct bytes *b)
{
	struct bytes entry;
	uint64_t value;
	uint32_t i;

	if (!layout->entry_field_cnt || !layout->entry_fields[0].label)
		return;
	for (i = 0; i < SHOWN_ENTRIES && entry_of(layout, b, i, &entry); i++)
		for (uint32_t k = 0; k < layout->entry_field_cnt; k++) {
			if (!layout->entry_fields[k].label || !field_get(&entry, &layout->entry_fields[k], &value))
				continue;
			text_put(t, k ? "=" : i ? ", " : ": ");
			add_value(t, &layout->entry_fields[k], value);
		}
	if (i < b->first && i)
		text_put(t, ", ...");
}

bool ioctl_data_add(struct text *t, const struct node_ioctl *io)
{
	struct bytes b = structure_of(io);
	const struct ioctl_layout *layout = b.sz ? ioctl_layout(io->cmd) : NULL;
	uint64_t value;

	if (!layout || is_cut(layout, &b))
		return false;
	for (uint32_t i = 0; i < layout->field_cnt; i++) {
		const struct ioctl_field *f = &layout->fields[i];

		if (!f->label || !field_get(&b, f, &value) || (f->when_set && !value))
			continue;
		if (f->form == FORM_FLAGS) {
			add_flags(t, f, value, " ");
			continue;
		}
		text_add(t, " %s%s", f->label, *f->label ? "=" : "");
		add_value(t, f, value);
	}
	add_entries(t, layout, &b);
	return true;
}

/* --- JSON --------------------------------------------------------------------------- */

static void field_json(struct json *j, const struct ioctl_field *f, uint64_t value)
{
	struct text t;

	if (f->form == FORM_NUMBER || f->form == FORM_BYTES) {
		json_number(j, f->name, value);
	} else if (f->form == FORM_SIGNED) {
		json_signed(j, f->name, (int32_t)value);
	} else if (f->form == FORM_HEX || f->form == FORM_MSR) {
		json_hex(j, f->name, value);
	} else {
		text_clear(&t);
		add_value(&t, f, value);
		json_string(j, f->name, t.at);
	}
}

static void fields_json(struct json *j, const struct ioctl_field *fields, uint32_t cnt, const struct bytes *b)
{
	uint64_t value;

	for (uint32_t i = 0; i < cnt; i++)
		if (field_get(b, &fields[i], &value))
			field_json(j, &fields[i], value);
}

void ioctl_data_json(struct json *j, const char *key, const struct node_ioctl *io)
{
	const struct ioctl_layout *layout = ioctl_layout(io->cmd);
	struct bytes b = structure_of(io), entry;

	if (!layout || !b.sz) {
		json_null(j, key);
		return;
	}
	json_begin(j, key, '{');
	json_string(j, "type", layout->type);
	fields_json(j, layout->fields, layout->field_cnt, &b);
	if (layout->entry_size) {
		json_begin(j, "list", '[');
		for (uint32_t i = 0; entry_of(layout, &b, i, &entry); i++) {
			json_begin(j, NULL, '{');
			fields_json(j, layout->entry_fields, layout->entry_field_cnt, &entry);
			json_end(j, '}');
		}
		json_end(j, ']');
	}
	json_end(j, '}');
}
