/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Log-linear buckets: 32 for each power of two. */
#include "trace-viewer/hist.h"

#include <stdlib.h>
#include <string.h>

#define SUB_BITS   5
#define SUB_CNT	   (1u << SUB_BITS)
#define BUCKET_CNT ((64 - SUB_BITS + 1) * SUB_CNT)

static unsigned int bucket_of(uint64_t value)
{
	unsigned int shift;

	if (value < SUB_CNT)
		return (unsigned int)value;
	shift = 63 - (unsigned int)__builtin_clzll(value) - SUB_BITS;
	return (shift << SUB_BITS) + (unsigned int)(value >> shift);
}

/* The largest value of a bucket. */
static uint64_t bucket_top(unsigned int bucket)
{
	unsigned int shift;

	if (bucket < 2 * SUB_CNT)
		return bucket;
	shift = (bucket >> SUB_BITS) - 1;
	return (((uint64_t)(bucket & (SUB_CNT - 1)) + SUB_CNT + 1) << shift) - 1;
}

static void buckets_begin(struct hist *h)
{
	h->buckets = calloc(BUCKET_CNT, sizeof(*h->buckets));
	for (uint64_t i = 0; h->buckets && i < h->cnt && i < HIST_EXACT_MAX; i++)
		h->buckets[bucket_of(h->exact[i])]++;
}

void hist_add(struct hist *h, uint64_t value)
{
	if (h->cnt == HIST_EXACT_MAX)
		buckets_begin(h);
	if (h->cnt < HIST_EXACT_MAX)
		h->exact[h->cnt] = value;
	else if (h->buckets)
		h->buckets[bucket_of(value)]++;
	if (!h->cnt || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->cnt++;
	h->sum += value;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	if (from->cnt <= HIST_EXACT_MAX) {
		for (uint64_t i = 0; i < from->cnt; i++)
			hist_add(into, from->exact[i]);
		return;
	}
	if (into->cnt <= HIST_EXACT_MAX)
		buckets_begin(into);
	for (unsigned int i = 0; into->buckets && from->buckets && i < BUCKET_CNT; i++)
		into->buckets[i] += from->buckets[i];
	if (!into->cnt || from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	into->cnt += from->cnt;
	into->sum += from->sum;
}

void hist_release(struct hist *h)
{
	free(h->buckets);
	memset(h, 0, sizeof(*h));
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t hist_percentile(const struct hist *h, unsigned int percent)
{
	uint64_t rank = (h->cnt / 100) * percent + ((h->cnt % 100) * percent + 99) / 100;
	uint64_t sorted[HIST_EXACT_MAX], seen = 0;

	if (!h->cnt)
		return 0;
	if (!rank)
		rank = 1;
	if (h->cnt <= HIST_EXACT_MAX) {
		memcpy(sorted, h->exact, h->cnt * sizeof(*sorted));
		qsort(sorted, h->cnt, sizeof(*sorted), compare);
		return sorted[rank - 1];
	}
	for (unsigned int i = 0; h->buckets && i < BUCKET_CNT; i++) {
		seen += h->buckets[i];
		if (seen >= rank)
			return bucket_top(i) < h->max ? bucket_top(i) : h->max;
	}
	return h->max;
}

static unsigned int power_of(uint64_t value)
{
	return value ? 63 - (unsigned int)__builtin_clzll(value) : 0;
}

void hist_powers(const struct hist *h, uint64_t counts[HIST_POWERS])
{
	memset(counts, 0, HIST_POWERS * sizeof(*counts));
	if (h->cnt <= HIST_EXACT_MAX) {
		for (uint64_t i = 0; i < h->cnt; i++)
			counts[power_of(h->exact[i])]++;
		return;
	}
	for (unsigned int i = 0; h->buckets && i < BUCKET_CNT; i++)
		counts[power_of(bucket_top(i))] += h->buckets[i];
}
