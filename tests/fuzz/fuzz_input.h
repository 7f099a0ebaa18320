/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A fuzzer's bytes, taken from the front; zeroes when there are no more. */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * What AddressSanitizer calls. Freed memory is kept from reuse for the length of some tens of inputs
 * rather than thousands: what is used after it was freed is of the same input, and memory that comes
 * back is in the cache.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "quarantine_size_mb=8";
}

struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t fuzz_take(struct fuzz_input *in, size_t size)
{
	uint64_t value = 0;

	if (size > in->left)
		size = in->left;
	memcpy(&value, in->at, size);
	in->at += size;
	in->left -= size;
	return value;
}

/* Up to len bytes: how many. */
static inline size_t fuzz_take_bytes(struct fuzz_input *in, void *to, size_t len)
{
	if (len > in->left)
		len = in->left;
	if (!len)
		return 0; /* before the first byte there may be no place either */
	memcpy(to, in->at, len);
	in->at += len;
	in->left -= len;
	return len;
}

#endif
