/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How far a misspelt name is from one that exists. */
#ifndef KVMTREE_NEAR_H
#define KVMTREE_NEAR_H

/*
 * How many letters must be changed, added, removed or swapped with their neighbour to make b of a;
 * case does not count. Names longer than 63 bytes are far from all.
 */
unsigned int near_distance(const char *a, const char *b);

/* The greatest distance at which a name of so many letters is still worth a suggestion. */
unsigned int near_limit(const char *name);

#endif
