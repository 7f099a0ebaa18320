/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Guest-physical addresses: a type that cannot be dereferenced, nor mixed up with a pointer. */
#ifndef VMM_GPA_H
#define VMM_GPA_H

#include <stdint.h>

typedef struct {
	uint64_t v;
} gpa_t;

#define GPA(x) ((gpa_t){(x)})

#endif
