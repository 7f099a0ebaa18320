/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads a trace file from wherever bytes come from and hands out what it holds, item by item. */
#ifndef KVMTREE_TRACE_READER_H
#define KVMTREE_TRACE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace-viewer/chunk_file.h"
#include "trace-viewer/record_codec.h"

/* What a function is to the frames and records around it. */
enum func_role {
	FUNC_OTHER,
	FUNC_RUNS_GUEST,  /* kvm_entry and kvm_exit fall inside of it */
	FUNC_SERVES_EXIT, /* it may begin before kvm_exit tells of the exit */
	FUNC_DESTROYS_VM,
	FUNC_INJECTS_NMI,
	FUNC_LEAVES_NMI, /* to the processor, which injects it when it can; its result says whether */
};

/* A row of the function table. "-" in the file is an empty string here. */
struct func_row {
	uint32_t id;
	const char *layer, *owner, *symbol, *concept, *rung, *under, *args, *note, *returns;
	const char *types; /* of the arguments; "" or NULL: not told */
	bool is_vmm; /* layer "vmm": it runs in user space */
	bool is_entry_only; /* it is never seen to return */
	uint8_t kvm_arg; /* which of its arguments is the VM, from 1 on; 0: none that is recorded */
	enum func_role role;
};

#define TRACE_FUNCS_MAX 4096u

enum trace_item_kind {
	TRACE_ITEM_META,   /* key, value */
	TRACE_ITEM_FUNC,   /* func; it lives as long as the reader */
	TRACE_ITEM_RECORD, /* rec; valid until the next call */
	TRACE_ITEM_GAP,	   /* text: what is missing here; the reader went on after it */
	TRACE_ITEM_END,	   /* key, value: the recorder's last words */
	TRACE_ITEM_SYMBOL, /* key, value: address, and size and name of one of the guest's functions */
	TRACE_ITEM_CODE,   /* bytes, bytes_sz: the payload of a CODE chunk */
};

struct trace_item {
	enum trace_item_kind kind;
	const char *key, *value;
	const struct func_row *func;
	const union record *rec;
	const char *text;
	const uint8_t *bytes;
	size_t bytes_sz;
};

/* How a file ended; `text` is a sentence when it did not end in order. */
struct trace_ending {
	bool in_order;
	uint64_t chunk_cnt, gap_cnt, record_cnt, unknown_cnt;
	uint64_t byte; /* where the last whole chunk ends */
	char text[200];
};

struct trace_reader;

/*
 * Checks the file header and returns a reader, which the caller frees. NULL on failure,
 * with "what: what to do" in why[why_sz]. The reader allocates at most some 9 MiB
 * beside the function table (4096 rows), whatever the file says.
 */
struct trace_reader *trace_reader_new(trace_read_fn *read, void *owner, char *why, size_t why_sz);
void trace_reader_free(struct trace_reader *rd);

/*
 * From now on a thread reads and inflates what comes next while items are handed out: for a file
 * whose reads do not wait for anybody, before the first item. It takes some 16 MiB more at most. Where
 * there is no thread to be had, all goes on as before.
 */
void trace_reader_ahead(struct trace_reader *rd);

/*
 * The next item: 1; 0 when there are no more. It never fails: what cannot be read is a
 * TRACE_ITEM_GAP, or tells of itself in the ending. Strings are free of control characters.
 */
int trace_reader_next(struct trace_reader *rd, struct trace_item *item);

/* Valid after trace_reader_next() returned 0. */
const struct trace_ending *trace_reader_ending(const struct trace_reader *rd);

/* A reader of bytes in memory; `mem` outlives the reader. */
struct trace_memory {
	const uint8_t *bytes;
	size_t bytes_sz;
};
ssize_t trace_read_memory(void *memory, void *buf, size_t sz);

#endif
