/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Writes JSON: objects of fields, on one line, with strings escaped. */
#ifndef KVMTREE_JSON_H
#define KVMTREE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *file;
	bool needs_comma;
};

/* `key` is NULL for an element of an array, and for what stands alone; keys are not escaped. */
void json_begin(struct json *j, const char *key, char bracket);
void json_end(struct json *j, char bracket);

void json_string(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, uint64_t value);
void json_signed(struct json *j, const char *key, int64_t value);
/* Addresses and the like, as a string: numbers of 64 bits are more than most parsers keep. */
void json_hex(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
/* Nanoseconds as microseconds with three decimals. */
void json_us(struct json *j, const char *key, int64_t ns);

/* A string's inside, as JSON wants it and as HTML's <script> can bear it. */
void json_escape(FILE *file, const char *text);

#endif
