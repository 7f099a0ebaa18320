/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The guest's symbols and code: what holds an address, and which bytes lie there. */
#include "trace-viewer/symbols.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "trace-viewer/text.h"

#define SYMBOLS_MAX   (4u << 20)
#define UNKNOWN_SPAN  (64u << 10) /* how far a symbol without a size may reach */
#define CODES_MAX     256u

struct symbol {
	uint64_t address, size; /* size 0: up to the next one */
	char *name;
};

/* Bytes of the guest, at an address and at the one that it has before paging is on. */
struct code {
	uint64_t address, physical, sz;
	const uint8_t *bytes;
};

struct symbols {
	struct symbol *rows;
	size_t cnt, room;
	bool is_sorted;
	struct code codes[CODES_MAX];
	uint32_t code_cnt;
	uint8_t *copies[CODES_MAX]; /* code that is its own */
	uint32_t copy_cnt;
	unsigned int bits;
	void *map; /* the file that the code lies in, or NULL */
	size_t map_sz;
};

struct symbols *symbols_new(void)
{
	return calloc(1, sizeof(struct symbols));
}

void symbols_free(struct symbols *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->cnt; i++)
		free(s->rows[i].name);
	for (uint32_t i = 0; i < s->copy_cnt; i++)
		free(s->copies[i]);
	if (s->map)
		munmap(s->map, s->map_sz);
	free(s->rows);
	free(s);
}

void symbols_keep_map(struct symbols *s, void *map, size_t map_sz)
{
	s->map = map;
	s->map_sz = map_sz;
}

/* --- names ------------------------------------------------------------------------- */

bool symbols_add(struct symbols *s, uint64_t address, uint64_t size, const char *name, size_t name_sz)
{
	if (!name_sz || s->cnt == SYMBOLS_MAX)
		return true; /* nothing to say, or enough */
	if (s->cnt == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		struct symbol *more = realloc(s->rows, room * sizeof(*more));

		if (!more)
			return false;
		s->rows = more;
		s->room = room;
	}
	name_sz = name_sz < SYMBOL_NAME_MAX ? name_sz : SYMBOL_NAME_MAX;
	s->rows[s->cnt] = (struct symbol){ address, size, strndup(name, name_sz) };
	if (!s->rows[s->cnt].name)
		return false;
	text_make_safe(s->rows[s->cnt++].name);
	s->is_sorted = false;
	return true;
}

size_t symbols_cnt(const struct symbols *s)
{
	return s->cnt;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->name, y->name);
}

void symbols_each(struct symbols *s, symbols_fn *fn, void *owner)
{
	if (!s->is_sorted && s->cnt)
		qsort(s->rows, s->cnt, sizeof(*s->rows), by_address);
	s->is_sorted = true;
	for (size_t i = 0; fn && i < s->cnt; i++)
		fn(owner, s->rows[i].address, s->rows[i].size, s->rows[i].name);
}

static const char *find(struct symbols *s, uint64_t address, uint64_t *offset)
{
	size_t low = 0, high = s->cnt;
	const struct symbol *row;

	symbols_each(s, NULL, NULL);
	while (low < high) { /* how many begin at the address or before it */
		size_t middle = low + (high - low) / 2;

		if (s->rows[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	row = &s->rows[low - 1];
	*offset = address - row->address;
	return *offset < (row->size ? row->size : UNKNOWN_SPAN) ? row->name : NULL;
}

const char *symbols_find(struct symbols *s, uint64_t address, uint64_t *offset)
{
	const char *name = find(s, address, offset);

	/* a kernel that has not turned paging on yet runs where it was loaded */
	for (uint32_t i = 0; !name && i < s->code_cnt; i++) {
		const struct code *code = &s->codes[i];

		if (code->physical != code->address && address - code->physical < code->sz)
			name = find(s, address - code->physical + code->address, offset);
	}
	return name;
}

/* --- code -------------------------------------------------------------------------- */

bool symbols_add_code(struct symbols *s, uint64_t address, uint64_t physical, const uint8_t *bytes, size_t sz)
{
	if (s->code_cnt < CODES_MAX && sz)
		s->codes[s->code_cnt++] = (struct code){ address, physical, sz, bytes };
	return true;
}

bool symbols_copy_code(struct symbols *s, uint64_t address, uint64_t physical, const uint8_t *bytes, size_t sz)
{
	uint8_t *copy;

	if (s->code_cnt == CODES_MAX || !sz)
		return true;
	copy = malloc(sz);
	if (!copy)
		return false;
	memcpy(copy, bytes, sz);
	s->copies[s->copy_cnt++] = copy;
	return symbols_add_code(s, address, physical, copy, sz);
}

void symbols_each_code(const struct symbols *s, symbols_code_fn *fn, void *owner)
{
	for (uint32_t i = 0; i < s->code_cnt; i++)
		fn(owner, s->codes[i].address, s->codes[i].physical, s->codes[i].bytes, s->codes[i].sz);
}

/* Pieces of code may overlap, so that no instruction is cut in two: the longest rest is the best. */
static const uint8_t *code_at(const struct symbols *s, uint64_t address, bool is_physical, size_t *sz)
{
	const uint8_t *bytes = NULL;

	*sz = 0;
	for (uint32_t i = 0; i < s->code_cnt; i++) {
		const struct code *code = &s->codes[i];
		uint64_t at = address - (is_physical ? code->physical : code->address);

		if (at >= code->sz || code->sz - at <= *sz)
			continue;
		bytes = code->bytes + at;
		*sz = code->sz - at;
	}
	return bytes;
}

const uint8_t *symbols_code(const struct symbols *s, uint64_t address, size_t *sz)
{
	const uint8_t *bytes = code_at(s, address, false, sz);

	return bytes ? bytes : code_at(s, address, true, sz);
}

void symbols_set_bits(struct symbols *s, unsigned int bits)
{
	s->bits = bits;
}

unsigned int symbols_bits(const struct symbols *s)
{
	return s->bits;
}

/* --- whose addresses are printed ---------------------------------------------------- */

/*
 * One guest's for the whole program, as rows are made in many places: of the recording that is read
 * or printed, and those that the user prefers.
 */
static struct symbols *of_recording, *preferred;

void symbols_use(struct symbols *s)
{
	of_recording = s;
}

void symbols_prefer(struct symbols *s)
{
	preferred = s;
}

struct symbols *symbols_in_use(void)
{
	return preferred ? preferred : of_recording;
}

const char *symbols_name(uint64_t address, uint64_t *offset)
{
	struct symbols *s = symbols_in_use();

	return s ? symbols_find(s, address, offset) : NULL;
}
