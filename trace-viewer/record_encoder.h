/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What encoders are made of. Only record_encoder.c and record_turns.c use this. */
#ifndef KVMTREE_RECORD_ENCODER_H
#define KVMTREE_RECORD_ENCODER_H

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

/* What the chunk has of a thread. */
struct stream {
	uint32_t tid, tgid;
	uint64_t time_ns;
	uint32_t turn_parts; /* of the last turn, if the last records of its kinds are its; else 0 */
	union record last[REC_KIND_END];
};

struct encoder {
	uint8_t *bytes, *next, *limit;
	uint64_t time_first_ns, time_last_ns;
	uint32_t record_cnt;
	uint32_t stream_cnt;
	struct stream *current;
	struct stream streams[TRACE_STREAMS_MAX];
};

/* The stream of this thread, or NULL. */
struct stream *encoder_stream(struct encoder *enc, const struct rec_header *header);

/* When the chunk has no record yet its time begins with this one. */
void encoder_begin_time(struct encoder *enc, uint64_t time_ns);

/*
 * These write at `out`, where there is room, and return what is behind it. First the kind, and the thread,
 * whose stream is the current one then: NULL when the chunk has too many of them.
 */
uint8_t *encoder_put_head(struct encoder *enc, uint8_t *out, const struct rec_header *header,
			  uint32_t kind);
/* The time of a record, which counts. */
uint8_t *encoder_put_time(struct encoder *enc, uint8_t *out, uint64_t time_ns);
/* The mask and what differs from the last record of the kind, which this one then is. */
uint8_t *encoder_put_difference(struct encoder *enc, uint8_t *out, const struct record_kind *kind,
				const union record *rec);
#endif
