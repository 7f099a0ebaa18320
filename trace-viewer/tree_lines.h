/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The lines of a tree_stream while they are printed. Only tree_stream_print.c uses this. */
#ifndef KVMTREE_TREE_LINES_H
#define KVMTREE_TREE_LINES_H

#include "trace-viewer/news.h"
#include "trace-viewer/tree_section.h"
#include "trace-viewer/tree_stream.h"

#define LEVELS_MAX    1024
#define LINES_PAGE_SZ (64u << 10)

struct printer {
	const struct output *out;
	const struct tree_options *options;
	struct tree_stream *stream;
	struct layout layout;
	struct news news;
	uint32_t vm_number; /* of the VM whose tree is printed */
	struct text own, prefix;       /* of the line, and of its children, level for level */
	uint32_t own_level;	       /* of the line, and one; 0: there was none */
	bool own_is_last;
	uint16_t prefix_sz[LEVELS_MAX]; /* of it, at each level */
	struct section **by_number;
	/* rows that are to go to out->file, before anything else that is printed */
	size_t page_sz;
	char page[LINES_PAGE_SZ];
};

/* A line as it was read: the call's room, then the result's. */
struct read_line {
	struct line line;
	char text[TEXT_MAX + 256];
};

/* The next line of the section; false: there is none, or it cannot be read. */
bool line_read(struct section *section, struct read_line *r);
/* Prints it; `opens`: its children follow. */
void line_print(struct printer *p, const struct read_line *r, uint32_t level, bool opens);

/* Makes p->own the prefix of a line at this level, and p->prefix that of its children. */
void lines_prefix(struct printer *p, uint32_t level, bool is_last);
/* Before anything else is printed. */
void lines_flush(struct printer *p);

#endif
