/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lets a child wait for what the kernel takes its time for, when the user need not. */
#ifndef KVMTREE_BACKGROUND_H
#define KVMTREE_BACKGROUND_H

#include <stdbool.h>

/* To be called before anything is opened: notes which descriptors were inherited. */
void background_begin(void);

/*
 * To be called last: a child keeps all descriptors that we have opened until we have ended, and
 * closes them then. Returns false when there is no child, and nothing was done.
 */
bool background_release(void);

#endif
