/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The lines of a tree that is too large to keep: one section for each thread node, its lines in the
 * order in which they are printed. tree_stream.c writes them, tree_stream_print.c prints them.
 */
#ifndef KVMTREE_TREE_SECTION_H
#define KVMTREE_TREE_SECTION_H

#include "trace-viewer/model.h"
#include "trace-viewer/spool.h"
#include "trace-viewer/tree_layout.h"

enum line_flag {
	LINE_IS_LAST = 1, /* among its siblings */
	LINE_HAS_TIME = 2,
	LINE_IS_UNSURE = 4,
	LINE_IS_THREAD = 8, /* the section `cells` belongs here, below a line of its own */
	LINE_IS_LOST = 16,  /* its meaning is always said */
	LINE_END_UNSEEN = 32,
	LINE_BEGIN_UNSEEN = 64,
	LINE_IS_IOCTL = 128,
};

/* What of a line is its own. call_room bytes follow, then result_room; the call uses call_sz of them. */
struct line {
	uint64_t time_ns;
	uint32_t cells; /* index in the table */
	uint16_t call_room, call_sz, call_cells;
	uint16_t level; /* frames around it in its section */
	uint8_t result_room, result_sz;
	uint8_t flags, reserved;
};

/* What many lines share. */
struct shared_cells {
	uint64_t key;
	char *means, *why; /* owned, why may be NULL; the others outlive the table */
	const char *where, *known;
	uint16_t where_cells, known_cells, means_cells;
	uint16_t where_sz, known_sz; /* in bytes */
	uint8_t style;
	uint32_t said_in; /* number of the VM whose tree has said it, and one */
};

/* Rows of the table; a forged file may want more: they are blank. A fuzzer's inputs are small. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define SHARED_CELLS_MAX 64u
#else
#define SHARED_CELLS_MAX 8192u
#endif

struct section {
	struct section *next;
	uint32_t number;
	struct node *thread; /* the node whose section it is */
	struct spool_stream lines;
	struct layout widths;
	bool has_nested; /* some of its lines are of other sections */
	bool is_nested; /* it is printed inside another one, or not at all */
};

struct tree_stream {
	struct model_sink sink;
	struct spool spool;
	struct section *sections, **sections_end;
	uint32_t section_cnt;
	struct shared_cells *cells; /* SHARED_CELLS_MAX rows by key; row 0 is blank */
	uint32_t cells_cnt;
	struct infer *infer;
	bool is_ascii;
	long vcpu, depth;
	uint32_t weight_min; /* below it, a frame is not worth a line while it is open */
	size_t live_max; /* nodes to keep before frames are written while they are open */
};

/* No section, and a table of cells that is blank. false: no memory; release in any case, before the spool. */
bool sections_init(struct tree_stream *s);
void sections_release(struct tree_stream *s);

/* The section of a thread node, made if need be; NULL: no memory, and the spool says so. */
struct section *section_get(struct tree_stream *s, struct node *thread);
/* Is there, or was there, anything below the thread node? */
bool section_has_content(const struct node *thread);

/* Writes the line of a closed frame whole; that of an open one with room for what its end will tell. */
void line_write(struct tree_stream *s, struct section *section, const struct node *node,
		uint32_t level, bool is_last);
/* The frame of a line that was written open, at node->line, has closed. */
void line_complete(struct tree_stream *s, struct section *section, const struct node *node,
		   uint32_t level, bool is_last);
/* The section of another thread belongs here. */
void line_thread(struct tree_stream *s, struct section *section, struct node *thread,
		 uint32_t level, bool is_last);

#endif
