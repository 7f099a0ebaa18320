/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Text into HTML: all that comes from a recording goes through here. */
#ifndef KVMTREE_HTML_H
#define KVMTREE_HTML_H

#include <stdio.h>

#include "trace-viewer/text.h"

/* Text that is neither tag nor entity, inside of elements and of quoted attributes. */
void html_text(FILE *file, const char *text);
/* "<TAG>text</TAG>" */
void html_element(FILE *file, const char *tag, const char *text);
/* A cell of numbers: "1.24 ms", "124,834", "37.1 %" */
void html_cell_ns(FILE *file, uint64_t ns);
void html_cell_count(FILE *file, uint64_t count);
void html_cell_share(FILE *file, uint64_t part, uint64_t whole);

#endif
