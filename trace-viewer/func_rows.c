/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows of the function table. */
#include "trace-viewer/func_rows.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/text.h"

#define LINE_MAX_SZ 1024

struct entry {
	struct func_row row;
	struct entry *next;
	char line[];
};

struct func_rows {
	struct entry *buckets[1024];
	unsigned int row_cnt;
};

struct func_rows *func_rows_new(void)
{
	return calloc(1, sizeof(struct func_rows));
}

void func_rows_free(struct func_rows *rows)
{
	if (!rows)
		return;
	for (size_t i = 0; i < sizeof(rows->buckets) / sizeof(rows->buckets[0]); i++) {
		struct entry *next;

		for (struct entry *e = rows->buckets[i]; e; e = next) {
			next = e->next;
			free(e);
		}
	}
	free(rows);
}

static bool id_parse(const char *text, uint32_t *id)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*id = (uint32_t)value;
	return *text >= '0' && *text <= '9' && !*end && value <= UINT32_MAX;
}

/* The place of an argument's name among those that are recorded, from 1 on; 0: it is not there. */
static uint8_t arg_place(const char *args, const char *name)
{
	size_t name_sz = strlen(name);

	for (uint8_t i = 1; i <= 3 && *args; i++) {
		size_t sz = strcspn(args, ",");

		if (sz == name_sz && !memcmp(args, name, sz))
			return i;
		args += sz + (args[sz] == ',');
	}
	return 0;
}

static enum func_role role_of(const char *concept)
{
	static const struct { const char *concept; enum func_role role; } roles[] = {
		{ "vcpu_enter_guest", FUNC_RUNS_GUEST },
		{ "vendor_vcpu_run", FUNC_RUNS_GUEST },
		{ "handle_exit", FUNC_SERVES_EXIT },
		{ "vendor_handle_exit", FUNC_SERVES_EXIT },
		{ "kvm_destroy_vm", FUNC_DESTROYS_VM },
		{ "inject_nmi", FUNC_INJECTS_NMI },
		{ "set_vnmi_pending", FUNC_LEAVES_NMI },
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (!strcmp(roles[i].concept, concept))
			return roles[i].role;
	return FUNC_OTHER;
}

/* Cuts the line at its tabs. A row of a later version may have more columns. */
static bool columns_cut(char *line, struct func_row *row)
{
	const char **columns[] = { &row->layer, &row->owner, &row->symbol, &row->concept,
				   &row->rung,	&row->under, &row->args,   &row->note,
				   &row->returns, &row->types };
	const char *id = strsep(&line, "\t");

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		char *column = strsep(&line, "\t");

		if (!column && i < 5)
			return false;
		if (column)
			text_make_safe(column);
		*columns[i] = column && strcmp(column, "-") ? column : "";
	}
	row->is_vmm = !strcmp(row->layer, "vmm");
	row->is_entry_only = !strcmp(row->returns, "unseen");
	row->kvm_arg = arg_place(row->args, "kvm");
	row->role = role_of(row->concept);
	return id_parse(id, &row->id) && *row->symbol;
}

const struct func_row *func_rows_add(struct func_rows *rows, const char *line)
{
	size_t line_sz = strlen(line) + 1;
	struct entry *e, **bucket;

	if (line_sz > LINE_MAX_SZ || rows->row_cnt == TRACE_FUNCS_MAX)
		return NULL;
	e = malloc(sizeof(*e) + line_sz);
	if (!e)
		return NULL;
	memcpy(e->line, line, line_sz);
	if (!columns_cut(e->line, &e->row)) {
		free(e);
		return NULL;
	}
	bucket = &rows->buckets[e->row.id % (sizeof(rows->buckets) / sizeof(rows->buckets[0]))];
	for (struct entry *other = *bucket; other; other = other->next) {
		if (other->row.id == e->row.id) {
			free(e);
			return NULL;
		}
	}
	e->next = *bucket;
	*bucket = e;
	rows->row_cnt++;
	return &e->row;
}
