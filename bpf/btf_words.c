/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* BTF types as words. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "bpf/btf_words.h"

/* A row of the function table has at most 1,024 bytes: larger enumerations go without names. */
#define ENUM_TEXT_MAX 200

/* Through typedefs and qualifiers; NULL for void. */
static const struct btf_type *resolve(const struct btf *btf, __u32 type_id)
{
	int id = type_id ? btf__resolve_type(btf, type_id) : 0;

	return id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
}

static const char *int_word(__u32 size, bool is_signed)
{
	static const char *const words[2][4] = {
		{ "u8", "u16", "u32", "u64" },
		{ "s8", "s16", "int", "long" },
	};

	return size == 8 ? words[is_signed][3] :
	       size == 4 ? words[is_signed][2] :
	       size == 2 ? words[is_signed][1] :
			   words[is_signed][0];
}

static const char *base_word(const struct btf_type *type)
{
	if (!type)
		return "void";
	if (btf_is_ptr(type))
		return "pointer";
	if (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL)
		return "bool";
	if (btf_is_int(type))
		return int_word(type->size, btf_int_encoding(type) & BTF_INT_SIGNED);
	if (btf_is_any_enum(type))
		return int_word(type->size, true);
	return "struct";
}

const char *btf_base_word(const struct btf *btf, __u32 type_id)
{
	return base_word(resolve(btf, type_id));
}

/* "enum(0=A;1=B)"; false: it is too long, or its values are no ints. */
static bool enum_write(FILE *out, const struct btf *btf, const struct btf_type *type)
{
	char text[ENUM_TEXT_MAX + 1];
	size_t sz = 0;

	if (!btf_is_enum(type) || type->size != 4 || !btf_vlen(type))
		return false;
	for (int i = 0; i < btf_vlen(type); i++) {
		int n = snprintf(text + sz, sizeof(text) - sz, "%s%d=%s", i ? ";" : "", btf_enum(type)[i].val,
				 btf__name_by_offset(btf, btf_enum(type)[i].name_off));

		if (n < 0 || (size_t)n >= sizeof(text) - sz)
			return false;
		sz += (size_t)n;
	}
	fprintf(out, "enum(%s)", text);
	return true;
}

static void word_write(FILE *out, const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type = resolve(btf, type_id);

	if (!type || !btf_is_any_enum(type) || !enum_write(out, btf, type))
		fputs(base_word(type), out);
}

/* "kvm" and "vcpu" identify a VM and a vCPU: something else of that name gets another. */
static void name_write(FILE *out, const struct btf *btf, const struct btf_param *param)
{
	const char *name = btf__name_by_offset(btf, param->name_off);
	const struct btf_type *type = resolve(btf, param->type);
	bool is_ours = !strcmp(name, "kvm") || !strcmp(name, "vcpu");

	fputs(*name ? name : "arg", out);
	if (!is_ours)
		return;
	type = type && btf_is_ptr(type) ? resolve(btf, type->type) : NULL;
	if (!type || strcmp(btf__name_by_offset(btf, type->name_off), *name == 'k' ? "kvm" : "kvm_vcpu"))
		fputc('_', out);
}

/* Writes one of the recorded arguments. */
typedef void param_fn(FILE *out, const struct btf *btf, const struct btf_param *param);

static void param_word(FILE *out, const struct btf *btf, const struct btf_param *param)
{
	word_write(out, btf, param->type);
}

static char *params_text(const struct btf *btf, __u32 proto_id, param_fn *fn)
{
	const struct btf_type *proto = btf__type_by_id(btf, proto_id);
	char *text = NULL;
	size_t text_sz;
	FILE *out = open_memstream(&text, &text_sz);

	if (!out)
		return NULL;
	for (int i = 0; i < btf_vlen(proto) && i < BTF_ARGS_MAX; i++) {
		const struct btf_param *param = &btf_params(proto)[i];
		const struct btf_type *type = resolve(btf, param->type);

		/* "..." has no type; a structure may take two registers, or none */
		if (!type || !strcmp(base_word(type), "struct"))
			break;
		if (i)
			fputc(',', out);
		fn(out, btf, param);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

char *btf_arg_names(const struct btf *btf, __u32 proto_id)
{
	return params_text(btf, proto_id, name_write);
}

char *btf_arg_words(const struct btf *btf, __u32 proto_id)
{
	return params_text(btf, proto_id, param_word);
}

char *btf_result_word(const struct btf *btf, __u32 proto_id)
{
	char *text = NULL;
	size_t text_sz;
	FILE *out = open_memstream(&text, &text_sz);

	if (!out)
		return NULL;
	word_write(out, btf, btf__type_by_id(btf, proto_id)->type);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
