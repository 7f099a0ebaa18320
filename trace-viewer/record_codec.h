/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records to and from the bytes of an EVENTS chunk, and the schema that describes them. */
#ifndef KVMTREE_RECORD_CODEC_H
#define KVMTREE_RECORD_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

#include "bpf/records.h"

/* The records that make a turn of the run loop (trace_format.h), in their order; at most TRACE_TURN_SHIFT. */
#define TRACE_TURN_KINDS(K)                                                                      \
	K(ioctl_enter) K(kvm_entry) K(kvm_exit) K(kvm_pio) K(kvm_userspace_exit) K(ioctl_exit)

#define TURN_PART_ROW(name) TURN_PART_##name,
enum turn_part { TRACE_TURN_KINDS(TURN_PART_ROW) TURN_PART_CNT };
#undef TURN_PART_ROW

/* Any record, as large as the largest. */
union record {
	struct rec_header header;
#define REC_UNION_ROW(number, name, text) struct rec_##name name;
	KVMTREE_RECORDS(REC_UNION_ROW)
#undef REC_UNION_ROW
};

enum field_type { FIELD_U64, FIELD_S64, FIELD_U32, FIELD_S32, FIELD_BYTES };

/* A field of a record as this program was compiled. */
struct record_field {
	const char *name;
	enum field_type type;
	uint32_t offset;   /* in struct rec_NAME */
	uint32_t capacity; /* FIELD_BYTES; its count is the u32 field NAME_sz */
};

/* A kind of record as this program was compiled. `fields` ends at a NULL name. */
struct record_kind {
	uint32_t number;
	const char *name;
	const char *text;
	uint32_t size;
	const struct record_field *fields;
};

/* The kind with this number, or NULL. */
const struct record_kind *record_kind(uint32_t number);
const struct record_kind *record_kind_by_name(const char *name, size_t name_sz);

/* The SCHEMA payload of this program: a string that lives as long as the program. */
const char *record_schema_text(void);

/* --- encoder: the recorder's side --------------------------------------- */

struct encoder;

/* An encoder of chunks of up to about `capacity` bytes; NULL: no memory. */
struct encoder *encoder_new(size_t capacity);
void encoder_free(struct encoder *enc);

/*
 * Appends a record of a known kind and at least its kind's size.
 * Returns 0; -ENOSPC: the chunk is full, take its bytes, reset, and append again;
 * -EINVAL: not a record.
 */
int encoder_append(struct encoder *enc, const union record *rec);

/*
 * Appends a turn: part i of `parts` is recs[i], a record of its kind and of one thread with the
 * others. Returns 0 or -ENOSPC.
 */
int encoder_append_turn(struct encoder *enc, const union record recs[TURN_PART_CNT], uint32_t parts);

/*
 * When the parts of turns were, by enum turn_part: where the time of the first turn lies, and how many words on that of
 * the next. A part that has the time of the part before it lies where that does; those that turns do not have mean nothing.
 */
struct turn_times {
	const __u64 *ns[TURN_PART_CNT];
	size_t stride;
};

/*
 * Appends `cnt` turns, at least one and at most TRACE_TURNS_MAX, that differ in nothing but time from the last one of this
 * thread; of the header tid and tgid count. Returns 0; -ENOSPC; -ENODATA: the last turn is
 * not at hand in this chunk, or had other parts, so append the first one in full.
 */
int encoder_repeat_turns(struct encoder *enc, const struct rec_header *header, uint32_t parts,
			 const struct turn_times *times, uint32_t cnt);
void encoder_reset(struct encoder *enc);

/* What the chunk under way holds; the bytes are valid until the next call. */
const uint8_t *encoder_bytes(const struct encoder *enc, size_t *bytes_sz, uint32_t *record_cnt,
			     uint64_t *time_first_ns, uint64_t *time_last_ns);

/* --- decoder: the reader's side ----------------------------------------- */

struct schema;
struct decoder;

/*
 * Reads a SCHEMA payload. NULL and a sentence in `*why` when it is not one.
 * The caller owns the schema; it outlives its decoders.
 */
struct schema *schema_parse(const char *text, size_t text_sz, const char **why);
void schema_free(struct schema *schema);

struct decoder *decoder_new(const struct schema *schema);
void decoder_free(struct decoder *dec);

/* Starts on the payload of another EVENTS chunk; the bytes stay the caller's. */
void decoder_start(struct decoder *dec, const uint8_t *bytes, size_t bytes_sz,
		   uint64_t time_first_ns);

/*
 * The next record of a kind that this program knows; it is valid until the next call.
 * Returns 1; 0 at the end of the chunk; -EBADMSG on bytes that are no record (`*why` says
 * what). Kinds that this program does not know are skipped and counted.
 */
int decoder_next(struct decoder *dec, const union record **rec, const char **why);
uint64_t decoder_unknown_cnt(const struct decoder *dec);

#endif
