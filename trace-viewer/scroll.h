/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A list of which a screen shows a part. */
#ifndef KVMTREE_SCROLL_H
#define KVMTREE_SCROLL_H

#include <stddef.h>

/*
 * Of cnt lines the one selected, and the first of height that are seen, are put right after any of
 * the four has changed: the selected one is seen, and as many as there is room for.
 */
void scroll_settle(size_t *selected, size_t *top, size_t cnt, size_t height);

#endif
