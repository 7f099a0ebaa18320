/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The trace file: the contract between the recorder and every reader. It
 * includes <stdint.h> only. docs/trace-format.md tells the same in full.
 *
 *   file header | chunk | chunk | ... | chunk END
 *   chunk = chunk header | payload (zlib, unless stored)
 *
 * All numbers are little endian. The file only ever grows: a recorder that is killed
 * leaves whole chunks and at most one torn one at the end. A reader takes chunks
 * as they come; it needs META, SCHEMA and FUNCS before the first EVENTS, and the
 * recorder writes them in that order (a later FUNCS adds rows), then SYMBOLS and CODE, if any. EVENTS chunks
 * depend on no other EVENTS chunk.
 */
#ifndef KVMTREE_TRACE_FORMAT_H
#define KVMTREE_TRACE_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC	    "KVMTREE\n"
#define TRACE_MAGIC_SZ	    8
#define TRACE_VERSION_MAJOR 1 /* a reader refuses a larger one */
#define TRACE_VERSION_MINOR 3 /* a larger one adds kinds, fields, keys: read on */

struct trace_file_header {
	uint8_t magic[TRACE_MAGIC_SZ];
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t header_sz; /* where the first chunk begins */
	uint8_t reserved[12];
	uint32_t crc; /* crc32 of the bytes before it */
};

#define TRACE_CHUNK_MAGIC 0x4b4e4843u /* "CHNK" as it lies in the file */

/* The payload of a chunk, before and after compression, is bounded. */
#define TRACE_PAYLOAD_MAX (4u << 20)

enum trace_chunk_type {
	TRACE_CHUNK_META = 1,	/* text: "key value" lines */
	TRACE_CHUNK_SCHEMA = 2, /* text: kinds and fields of the records */
	TRACE_CHUNK_FUNCS = 3,	/* text: rows of the function table */
	TRACE_CHUNK_EVENTS = 4, /* records, encoded: record_codec.h */
	TRACE_CHUNK_END = 5,	/* text: "key value" lines; the recording ended in order */
	TRACE_CHUNK_SYMBOLS = 6, /* text: "ADDRESS SIZE NAME" lines, hexadecimal: the guest's functions */
	TRACE_CHUNK_CODE = 7,	/* a trace_code_header, and bytes of the guest's code */
};

enum trace_chunk_flag {
	TRACE_CHUNK_STORED = 1, /* the payload is not compressed */
};

struct trace_chunk_header {
	uint32_t magic;
	uint16_t type;
	uint16_t flags;
	uint32_t raw_sz;     /* of the payload, uncompressed */
	uint32_t stored_sz;  /* of the payload, as it lies in the file */
	uint32_t record_cnt; /* EVENTS: records in it; else 0 */
	uint32_t payload_crc; /* crc32 of the stored payload */
	uint64_t time_first_ns; /* EVENTS: time of its first record; else 0 */
	uint64_t time_last_ns;  /* EVENTS: largest time in it; else 0 */
	uint32_t reserved;
	uint32_t crc; /* crc32 of the bytes before it */
};

struct trace_code_header {
	uint64_t address;  /* of the first byte, as RIP has it */
	uint64_t physical; /* where it was loaded: RIP before paging is on */
	uint32_t bits;	   /* 16, 32 or 64: what the code is for */
	uint32_t reserved;
};

_Static_assert(sizeof(struct trace_code_header) == 24, "code header");
_Static_assert(sizeof(struct trace_file_header) == 32, "file header");
_Static_assert(sizeof(struct trace_chunk_header) == 48, "chunk header");

/*
 * EVENTS, uncompressed. A varint has 7 bits a byte, low bits first; zigzag maps
 * signed to unsigned (0, -1, 1, -2 ...). A reader keeps, per stream and kind, the last
 * record, all zeroes at the chunk's start; a stream is a thread.
 *
 *   record = varint kind
 *            varint stream             0: that of the record before; s: stream s - 1.
 *                                      The first use of a number, which is the count of
 *                                      streams so far, is followed by varint tid, varint tgid.
 *            varint zigzag time_ns     difference to the last record of this stream, of
 *                                      any kind; at first to the chunk's time_first_ns
 *            varint mask               bit 0: cpu changed, bit 1: flags changed, bit 2 + i:
 *                                      field i of the schema changed
 *            for each bit, low first   varint zigzag difference to the last record's value
 *                                      (modulo 2^64; 32-bit signed fields sign-extended);
 *                                      bytes: varint count, then so many bytes
 *
 * The kind and stream numbers share one varint: kind + stream * TRACE_KIND_SPAN.
 *
 * Since minor version 1, kind TRACE_KIND_TURN is several records of one thread at once: a turn of
 * the run loop, each part of which is a record of the kind in TRACE_TURN_KINDS.
 *
 *   turn   = varint kind, varint stream (and tid, tgid) as above
 *            varint parts              bit i: a record of the i-th kind; from bit
 *                                      TRACE_TURN_SHIFT on, those that differ from the last
 *                                      record of their kind in more than the time
 *            for each part, low first  varint zigzag time_ns as above; if it differs: mask and
 *                                      fields as above
 *
 * Since minor version 2, kind TRACE_KIND_TURNS is several turns that differ in nothing but time from
 * the last one of the thread:
 *
 *   turns  = varint kind, varint stream as above
 *            varint parts              bit i as above; from bit TRACE_TURN_SHIFT on, those that have the
 *                                      time of the part before them in each of these turns
 *            varint count              of turns, 1 to TRACE_TURNS_MAX, 32 in minor version 2
 *            varint zigzag time_ns     of the first part of the first turn, as above
 *            for each part that has a time of its own, low first: a column of how long after the one
 *                                      before it this part comes, in each turn; that of the first
 *                                      part is told from the second turn on
 *
 *   column = varint least, byte width; then, low bits first, for each number how far it is above
 *            the least, in so many bits; whole bytes (modulo 2^64)
 *
 * Since minor version 3, 65 more than the width: some numbers are farther, by bits above these.
 * Then, after the bits,
 *
 *            varint count
 *            for each                  varint those bits << 6 | which number, from 0
 *
 * SCHEMA lines: "kind NUMBER NAME" followed by its fields in order, each
 * "field NAME u64|s64|u32|s32|bytes:CAPACITY". A reader maps kinds and fields by
 * name, skips what it does not know, and takes what is missing as zero.
 *
 * FUNCS lines, tab-separated, "-" for nothing:
 *   id  layer  owner  symbol  concept  rung  under  args  note  returns  types
 * with
 *   layer    vmm | ioctl | kvm | vendor
 *   owner    module or binary
 *   concept  the name in the knowledge base, the same for all kernels and vendors
 *   rung     fentry | kprobe.multi | kprobe | uprobe | inlined | missing
 *   under    for an inlined one: "ioctl:KVM_CREATE_VCPU" or "concept:NAME", the frame
 *            that it must be below
 *   args     comma-separated names of the arguments; "kvm" and "vcpu" are the
 *            pointers that identify a VM and a vCPU
 *   note     words for the reader: why it is not traced
 *   returns  what func_exit's result is: void (no meaning) | a type | unseen (there
 *            is no func_exit: only its entry is probed)
 *   types    comma-separated types of the arguments, for as many as are known:
 *            bool | pointer | int | long | s8 | s16 | u8 | u16 | u32 | u64 |
 *            enum(NUMBER=NAME;NUMBER=NAME...)
 */
#define TRACE_KIND_SPAN	   64u
#define TRACE_KIND_TURN	   63u
#define TRACE_KIND_TURNS   62u
#define TRACE_TURNS_MAX	   64u
#define TRACE_TURN_SHIFT   7u
#define TRACE_STREAMS_MAX  256u
#define TRACE_FIELDS_MAX   14u

#endif
