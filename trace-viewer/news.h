/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What has been said already: a reader need not read it again. */
#ifndef KVMTREE_NEWS_H
#define KVMTREE_NEWS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NEWS_CNT 512

/* Zeroes: nothing has been said. */
struct news {
	uint64_t said[NEWS_CNT];
};

static inline void news_clear(struct news *news)
{
	memset(news, 0, sizeof(*news));
}

/* True the first time that it is asked of this text. */
static inline bool news_is(struct news *news, const char *text)
{
	uint64_t hash = 1469598103934665603ull;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ull;
	hash |= 1;
	for (uint32_t i = 0; i < NEWS_CNT; i++) {
		uint64_t *at = &news->said[(hash + i) % NEWS_CNT];

		if (*at == hash)
			return false;
		if (!*at) {
			*at = hash;
			return true;
		}
	}
	return true;
}

#endif
