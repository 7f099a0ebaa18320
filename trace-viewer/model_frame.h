/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The open frames of a thread: how they are pushed, and what becomes of them when they close. */
#ifndef KVMTREE_MODEL_FRAME_H
#define KVMTREE_MODEL_FRAME_H

#include "trace-viewer/model_thread.h"

/* Where a new node of this thread goes: NULL for a root. */
struct node *thread_top(const struct thread *t);
/* The innermost open ioctl frame, or NULL. */
struct node_ioctl *thread_ioctl(const struct thread *t);
/* Tells the observer of the frame pushed last, when it is known whose it is. */
void thread_tell_open(struct model *model, const struct thread *t);
/* Puts a leaf or an open frame where the thread is; false when it is too deep (freed). */
bool thread_push(struct model *model, struct thread *t, struct node *node);
void thread_leaf(struct model *model, struct thread *t, struct node *node);
/* Closes the top frame. */
void thread_pop(struct model *model, struct thread *t, uint64_t now_ns, uint8_t flags);
/* Closes all above stack[depth], whose ends were not seen. */
void thread_unwind(struct model *model, struct thread *t, uint32_t depth, uint64_t now_ns);
void thread_span_end(struct model *model, struct thread *t, uint64_t now_ns, uint8_t flags);
/* Opens a guest or an exit. */
void thread_span_begin(struct model *model, struct thread *t, struct node *node, struct node *parent);

#endif
