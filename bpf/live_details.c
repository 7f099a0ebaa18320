/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Compares the details of a look with those of the look before. */
#include "bpf/live_details.h"

#include <stdlib.h>
#include <string.h>

bool live_details_take(struct live_details *details, const struct live_detail *detail, uint64_t total)
{
	struct live_detail_list *next = &details->next;

	if (next->cnt == next->capacity) {
		size_t capacity = next->capacity ? 2 * next->capacity : 64;
		struct live_seen_detail *more = reallocarray(next->at, capacity, sizeof(*more));

		if (!more)
			return false;
		next->at = more;
		next->capacity = capacity;
	}
	next->at[next->cnt++] = (struct live_seen_detail){ .detail = *detail, .total = total };
	return true;
}

static int by_detail(const void *a, const void *b)
{
	const struct live_seen_detail *x = a, *y = b;

	return memcmp(&x->detail, &y->detail, sizeof(x->detail));
}

void live_details_settle(struct live_details *details)
{
	struct live_detail_list last = details->seen;

	details->seen = details->next;
	details->next = (struct live_detail_list){ .at = last.at, .capacity = last.capacity };
	for (size_t i = 0; i < details->seen.cnt; i++) {
		struct live_seen_detail *seen = &details->seen.at[i], *before = NULL;

		if (last.cnt)
			before = bsearch(seen, last.at, last.cnt, sizeof(*seen), by_detail);
		/* less than before: the kernel had evicted it, and has begun anew */
		seen->cnt = before && before->total <= seen->total ? seen->total - before->total : seen->total;
	}
	if (details->seen.cnt)
		qsort(details->seen.at, details->seen.cnt, sizeof(*details->seen.at), by_detail);
}

void live_details_keep(struct live_details *details)
{
	details->next.cnt = 0;
	for (size_t i = 0; i < details->seen.cnt; i++)
		details->seen.at[i].cnt = 0;
}

void live_details_release(struct live_details *details)
{
	free(details->seen.at);
	free(details->next.at);
	*details = (struct live_details){ 0 };
}
