/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The function table of a trace: rows parsed from FUNCS lines, found by id. */
#ifndef KVMTREE_FUNC_ROWS_H
#define KVMTREE_FUNC_ROWS_H

#include "trace-viewer/trace_reader.h"

struct func_rows;

struct func_rows *func_rows_new(void);
void func_rows_free(struct func_rows *rows);

/*
 * Adds the row of a line, which it keeps a copy of. NULL: the line is no row, its id is
 * there already, or there are TRACE_FUNCS_MAX rows. Rows live as long as the table.
 */
const struct func_row *func_rows_add(struct func_rows *rows, const char *line);

#endif
