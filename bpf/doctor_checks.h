/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a recording needs of this machine and of its user, one thing at a time. */
#ifndef KVMTREE_DOCTOR_CHECKS_H
#define KVMTREE_DOCTOR_CHECKS_H

#include <stddef.h>

enum check_result {
	CHECK_OK,
	CHECK_POOR, /* a recording works, and sees less or takes longer */
	CHECK_BAD,  /* a recording cannot work */
};

/* Each looks at one thing and says in a sentence how it is, and what to do if it is not well. */
struct doctor_check {
	const char *name;
	enum check_result (*look)(char *text, size_t text_sz);
};

extern const struct doctor_check doctor_checks[];
extern const size_t doctor_check_cnt;

#endif
