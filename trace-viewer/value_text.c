/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Values by their types' words. A word ends at a comma or at the end of the text. */
#include "trace-viewer/value_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/ioctl_text.h"

#define ERRNO_LAST 4095 /* MAX_ERRNO, include/linux/err.h */

/* Of a kernel pointer this much is shown: it tells one object from another, and leaves room for more. */
#define POINTER_SHOWN 0xffffff

static bool is_word(const char *type, const char *word)
{
	size_t sz = strlen(word);

	return !strncmp(type, word, sz) && (!type[sz] || type[sz] == ',');
}

static const struct {
	const char *word;
	unsigned int bits;
	bool is_signed;
} ints[] = {
	{ "int", 32, true }, { "long", 64, true }, { "u64", 64, false }, { "u32", 32, false },
	{ "u16", 16, false }, { "u8", 8, false },  { "s16", 16, true },	 { "s8", 8, true },
};

/* What is above an int in its register means nothing. Addresses and MSRs are read in hex, counts not. */
static bool add_int(struct text *t, const char *type, uint64_t value)
{
	for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++) {
		unsigned int unused = 64 - ints[i].bits;
		uint64_t low = value << unused >> unused;

		if (!is_word(type, ints[i].word))
			continue;
		if (ints[i].is_signed)
			text_add(t, "%" PRId64, (int64_t)(value << unused) >> unused);
		else if (low < 10)
			text_add(t, "%" PRIu64, low);
		else
			text_add(t, "0x%" PRIx64, low);
		return true;
	}
	return false;
}

/* "enum(0=A;1=B)": the name, or the number where none has it. */
static bool add_enum(struct text *t, const char *type, uint64_t value)
{
	const char *at = type + strlen("enum(");

	if (strncmp(type, "enum(", strlen("enum(")))
		return false;
	while (*at && *at != ')' && *at != ',') {
		size_t sz = strcspn(at, ";),");
		char *name;
		long number = strtol(at, &name, 10);

		if (name < at + sz && *name == '=' && number == (int32_t)value) {
			text_add(t, "%.*s", (int)(at + sz - name - 1), name + 1);
			return true;
		}
		at += sz + (at[sz] == ';');
	}
	text_add(t, "%d", (int32_t)value);
	return true;
}

static void value_add(struct text *t, const char *type, uint64_t value)
{
	if (is_word(type, "bool"))
		text_add(t, "%s", value & 1 ? "true" : "false");
	else if (is_word(type, "pointer") && !value)
		text_add(t, "NULL");
	else if (is_word(type, "pointer"))
		text_add(t, "&%" PRIx64, value & POINTER_SHOWN);
	else if (!add_int(t, type, value) && !add_enum(t, type, value))
		text_add(t, "0x%" PRIx64, value);
}

void args_add(struct text *t, const struct node_func *f)
{
	const char *name = f->func->args, *type = f->func->types ? f->func->types : "";

	for (uint32_t i = 0; i < f->arg_cnt && *name && *type; i++) {
		size_t name_sz = strcspn(name, ","), type_sz = strcspn(type, ",");

		if (!is_word(name, "kvm") && !is_word(name, "vcpu")) {
			text_add(t, " %.*s=", (int)name_sz, name);
			value_add(t, type, f->args[i]);
		}
		name += name_sz + (name[name_sz] == ',');
		type += type_sz + (type[type_sz] == ',');
	}
}

static bool is_errno(int64_t value)
{
	return value < 0 && value >= -ERRNO_LAST;
}

void value_add_result(struct text *t, const struct func_row *func, int64_t result)
{
	const char *type = func->returns;

	if (!*type || !strcmp(type, "void") || !strcmp(type, "struct"))
		return;
	if (!strcmp(type, "int") && func->is_vmm)
		text_add(t, "%d", (int32_t)result); /* -1 there is no -EPERM */
	else if (!strcmp(type, "int"))
		result_add(t, (int32_t)result);
	else if ((!strcmp(type, "pointer") || !strcmp(type, "long")) && is_errno(result))
		result_add(t, result);
	else if (!strcmp(type, "pointer"))
		text_add(t, "%s", result ? "pointer" : "NULL");
	else
		value_add(t, type, (uint64_t)result);
}
