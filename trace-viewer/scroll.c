/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A list of which a screen shows a part. */
#include "trace-viewer/scroll.h"

void scroll_settle(size_t *selected, size_t *top, size_t cnt, size_t height)
{
	size_t last_top = cnt > height ? cnt - height : 0;

	if (*selected >= cnt)
		*selected = cnt ? cnt - 1 : 0;
	if (*selected < *top)
		*top = *selected;
	if (*selected >= *top + height)
		*top = *selected - height + 1;
	if (*top > last_top)
		*top = last_top;
}
