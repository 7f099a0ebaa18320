/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What `kvmtree export` writes: a format is an ops table, fed while the recording is read. */
#ifndef KVMTREE_EXPORT_H
#define KVMTREE_EXPORT_H

#include <stdio.h>

#include "trace-viewer/model.h"
#include "trace-viewer/text.h"

struct export {
	FILE *file;
	void *state;	    /* the format's own */
	bool has_origin;
	uint64_t origin_ns; /* CLOCK_MONOTONIC of the first frame or exit: times are told from here */
	bool has_no_memory;
};

/* NULL: not interested. Facts are as in observer.h. */
struct export_format {
	const char *name;
	bool (*begin)(struct export *e); /* false: no memory */
	void (*exit)(struct export *e, const struct exit_fact *fact);
	void (*off_cpu)(struct export *e, const struct off_cpu_fact *fact);
	void (*frame_close)(struct export *e, const struct frame_fact *fact);
	void (*end)(struct export *e, const struct model *model);
	void (*release)(struct export *e); /* of state, which may be NULL */
};

#define EXPORT_FORMATS(F) F(json) F(csv) F(perfetto) F(folded) F(openmetrics)
#define EXPORT_CHOICES "json|csv|perfetto|folded|openmetrics"

#define EXPORT_DECLARE(format) extern const struct export_format export_##format;
EXPORT_FORMATS(EXPORT_DECLARE)
#undef EXPORT_DECLARE

/* An export under way: a format, and what it writes to. Zero but for these at first. */
struct exporting {
	const struct export_format *format;
	struct export e;
};

/* Begins; false: no memory. Then a recording is read with the observer, ended, and all is released. */
bool export_begin(struct exporting *x);
struct observer export_observer(struct exporting *x);
void export_end(struct exporting *x, const struct model *model);
void export_release(struct exporting *x);

/* Nanoseconds since the first fact. */
int64_t export_time(struct export *e, uint64_t time_ns);

/* "handle_io", "ioctl KVM_RUN", "guest", "io", "lost": what a frame is called, without its values. */
void export_add_name(struct text *t, const struct node *node);
/* Is it one of the frames that are exported? */
bool export_has(const struct node *node);
/* "KVM_EXIT_IO"; "" when it stayed in the kernel */
void export_add_user_reason(struct text *t, int64_t user_reason);
/* "port", "gpa", ... as the qualifier of an exit; "": it has none */
const char *export_qualifier(const struct exit_fact *fact);
const char *export_isa(uint32_t isa);

#endif
