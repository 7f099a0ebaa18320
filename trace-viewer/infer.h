/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Frames that the compiler inlined, put where the source has them. */
#ifndef KVMTREE_INFER_H
#define KVMTREE_INFER_H

#include "trace-viewer/model.h"

/*
 * Call after model_finish(). Below each frame that has inlined callees, children whose row says
 * that they are below such a one go into a NODE_INFERRED; one without children is a leaf.
 */
void infer_frames(struct model *model);

/* The same for one closed frame and what is below it, while the model is still fed. */
struct infer;
struct infer *infer_new(const struct model *model);
void infer_free(struct infer *in);
void infer_frame(struct infer *in, struct node *node);

#endif
