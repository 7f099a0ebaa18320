/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What BTF says of a function's arguments and result, in the words of the trace file (FUNCS). */
#ifndef KVMTREE_BTF_WORDS_H
#define KVMTREE_BTF_WORDS_H

#include <linux/types.h>

struct btf;

/* So many of a function's arguments are recorded. */
#define BTF_ARGS_MAX 3

/* void, pointer, bool, int, long, s8 to u64, or what an enumeration is when its names do not count. */
const char *btf_base_word(const struct btf *btf, __u32 type_id);

/*
 * "vcpu,msr,data", "pointer,u32,u64" and the result's word, an enumeration with its names:
 * "enum(0=A;1=B)". Each is for the caller to free; NULL: no memory. `proto_id` is a function's type.
 */
char *btf_arg_names(const struct btf *btf, __u32 proto_id);
char *btf_arg_words(const struct btf *btf, __u32 proto_id);
char *btf_result_word(const struct btf *btf, __u32 proto_id);

#endif
