/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where closed frames go: the thread node that a thread has below each VM. */
#ifndef KVMTREE_MODEL_PART_H
#define KVMTREE_MODEL_PART_H

#include "trace-viewer/model_thread.h"

/* A thread node of t, in no tree yet; NULL: there are too many. */
struct node *part_node_new(struct model *model, const struct thread *t, uint64_t now_ns);

/* The thread node that an open frame of t, which is to be a root, will go to; NULL: no room. */
struct node *thread_part_of(struct model *model, struct thread *t, const struct node *root);

/* A frame has closed that nothing is around: it goes to its thread's part, or where there is no room away. */
void part_close_root(struct model *model, struct thread *t, struct node *node);
/* A closed frame becomes the last child of parent. */
void part_close_into(struct model *model, struct thread *t, struct node *parent, struct node *node);
/* The last child of parent is there to stay. */
void part_settle(struct model *model, struct thread *t, struct node *parent, struct node *node);

/* Says that node, and all it is in, belong to vm, unless that is known already. */
void node_set_vm(struct node *node, struct vm *vm);
void node_set_vcpu(struct node *node, int32_t id);

#endif
