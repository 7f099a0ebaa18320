/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers and sizes as people write them on a command line. */
#ifndef VMM_NUMBER_H
#define VMM_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a whole number, decimal, or with 0x hexadecimal. Returns 0, or -EINVAL if text is not
 * one, -ERANGE if it does not fit.
 */
int number_parse(const char *text, uint64_t *value);

/* The same with a suffix K, M or G (powers of 1024, small letters too); the result is bytes. */
int size_parse(const char *text, uint64_t *bytes);

/* Writes bytes the way size_parse() reads it, as short as it can exactly be. Returns buf. */
const char *size_format(uint64_t bytes, char *buf, size_t buf_sz);

#endif
