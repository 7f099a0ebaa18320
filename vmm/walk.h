/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The mark of a function that is a step of the walk, and so must stay a function. */
#ifndef VMM_WALK_H
#define VMM_WALK_H

/*
 * A tracer finds these functions by their symbols. noipa (GCC) forbids at once to inline,
 * to clone, to fold two equal bodies into one and to change the calling convention; clang
 * does the last three only to static functions, so noinline is enough there.
 */
#if defined(__has_attribute) && __has_attribute(noipa)
#define WALK __attribute__((noipa))
#else
#define WALK __attribute__((noinline))
#endif

#endif
