/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the rows of VMX and of SVM are made of. Only exit_qualify*.c use this. */
#ifndef KVMTREE_EXIT_QUALIFY_ROWS_H
#define KVMTREE_EXIT_QUALIFY_ROWS_H

#include "trace-viewer/exit_qualify.h"

/* How the reasons from `first` to `last` are qualified. */
struct qualify_row {
	uint32_t first, last;
	void (*add)(struct text *t, const struct node_exit *e);
	uint64_t key_mask; /* of the first word: what tells one from another */
	bool has_vector;   /* the event's vector does, too */
};

/* Both end at a row without `add`. */
extern const struct qualify_row qualify_rows_vmx[], qualify_rows_svm[];

/*
 * An event as VMX has it in VM-exit interruption information and in IDT-vectoring information (SDM
 * 25.9.2, 25.9.3), and SVM in EXITINTINFO (APM 15.7.2): 7:0 vector, 10:8 type, 11 has an error, 31
 * valid.
 */
#define EVENT_VALID (1u << 31)
enum { EVENT_INTERRUPT = 0, EVENT_NMI = 2, EVENT_SOFTWARE = 4 };
enum { VECTOR_DB = 1, VECTOR_PF = 14 };

/* "interrupt 32", "#PF" */
void qualify_add_event(struct text *t, uint32_t info);

/* "at 0x7f0000001000": the first word is a linear address. */
void qualify_linear(struct text *t, const struct node_exit *e);

/* --- words -------------------------------------------------------------------------- */

static inline uint64_t bits(uint64_t word, unsigned int high, unsigned int low)
{
	return word >> low & ((1ull << (high - low + 1)) - 1);
}

static inline bool bit(uint64_t word, unsigned int number)
{
	return word >> number & 1;
}

static inline void add_hex(struct text *t, const char *before, uint64_t value)
{
	text_put(t, before);
	text_put_hex(t, value);
}

/* The general register that an instruction calls by the low four bits. */
const char *gpr_name(uint64_t number);

/* One of the words, or "KIND n". */
void qualify_add_one_of(struct text *t, const char *const *words, size_t cnt, uint64_t n, const char *kind);

#define ADD_ONE_OF(t, words, n, kind) \
	qualify_add_one_of(t, words, sizeof(words) / sizeof((words)[0]), n, kind)

#endif
