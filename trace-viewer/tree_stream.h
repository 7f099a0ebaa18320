/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A whole tree in bounded memory: lines go to a temporary file as their frames close, and are printed
 * when all of them, and with them the widths of the columns, are known. The line of a frame that
 * has much below it is written when that becomes clear, and completed at the frame's end.
 */
#ifndef KVMTREE_TREE_STREAM_H
#define KVMTREE_TREE_STREAM_H

#include "trace-viewer/model.h"
#include "trace-viewer/tree_print.h"

/* Frames that are kept until memory is looked at: trees up to this are just as if all were kept. */
#define TREE_STREAM_LIVE_MAX 20000

struct tree_stream;

/* NULL: no memory. Its sink is for a MODEL_WHOLE, which is fed and finished before it is printed. */
struct tree_stream *tree_stream_new(const struct tree_options *options, bool is_ascii,
				    size_t live_max);
void tree_stream_free(struct tree_stream *stream);
const struct model_sink *tree_stream_sink(struct tree_stream *stream);

/* Prints what tree_print() would. 0, or -errno of the temporary file. */
int tree_stream_print(struct tree_stream *stream, const struct output *out,
		      const struct model *model, const struct tree_options *options);

#endif
