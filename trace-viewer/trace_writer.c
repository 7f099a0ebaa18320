/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Writes a trace file: header, chunks, checksums. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "trace-viewer/trace_writer.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the format is little endian and so is every machine with VMX or SVM"
#endif

/* A chunk compresses well at this size and still loses little when the recorder is killed. */
#define EVENTS_SZ (256u << 10)

/* Where bytes go to. */
struct sink {
	int fd;
	uint64_t bytes;
};

struct trace_writer {
	struct sink sinks[2];
	unsigned int sink_cnt;
	int err; /* the first error of a file: nothing is written after it */
	struct encoder *enc;
	uint8_t *chunk; /* header and payload, so that one write takes both */
	size_t chunk_sz;
};

/* All of the bytes, or -errno. */
static int sink_write(struct sink *sink, const void *bytes, size_t bytes_sz)
{
	const char *at = bytes;

	while (bytes_sz) {
		ssize_t n = write(sink->fd, at, bytes_sz);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += n;
		bytes_sz -= (size_t)n;
		sink->bytes += (uint64_t)n;
	}
	return 0;
}

static int write_all(struct trace_writer *writer, const void *bytes, size_t bytes_sz)
{
	for (unsigned int i = 0; !writer->err && i < writer->sink_cnt; i++)
		writer->err = sink_write(&writer->sinks[i], bytes, bytes_sz);
	return writer->err;
}

static int file_header_write(struct trace_writer *writer)
{
	struct trace_file_header header = {
		.version_major = TRACE_VERSION_MAJOR,
		.version_minor = TRACE_VERSION_MINOR,
		.header_sz = sizeof(header),
	};

	memcpy(header.magic, TRACE_MAGIC, TRACE_MAGIC_SZ);
	header.crc = (uint32_t)crc32(0, (const Bytef *)&header,
				     offsetof(struct trace_file_header, crc));
	return write_all(writer, &header, sizeof(header));
}

/* Makes room for the chunk header and a payload of `payload_sz`. */
static int chunk_reserve(struct trace_writer *writer, size_t payload_sz)
{
	size_t need = sizeof(struct trace_chunk_header) + payload_sz;
	uint8_t *grown;

	if (need <= writer->chunk_sz)
		return 0;
	grown = realloc(writer->chunk, need);
	if (!grown)
		return -ENOMEM;
	writer->chunk = grown;
	writer->chunk_sz = need;
	return 0;
}

/* What does not get smaller by a sixteenth at its begin is not worth compressing: columns of times are not. */
#define SAMPLE_SZ (8u << 10)

/* Into `payload`, which has room for `*stored_sz`. False: it is better stored as it is. */
static bool payload_compress(uint8_t *payload, uLongf *stored_sz, const uint8_t *raw, size_t raw_sz)
{
	uLongf sample_sz = *stored_sz;

	if (raw_sz > 2 * SAMPLE_SZ &&
	    (compress2(payload, &sample_sz, raw, SAMPLE_SZ, Z_BEST_SPEED) != Z_OK ||
	     sample_sz > SAMPLE_SZ / 16 * 15))
		return false;
	return compress2(payload, stored_sz, raw, raw_sz, Z_BEST_SPEED) == Z_OK && *stored_sz < raw_sz;
}

/* Fills in the header's sizes and checksums and writes the chunk. */
static int chunk_write(struct trace_writer *writer, struct trace_chunk_header header,
		       const uint8_t *raw, size_t raw_sz)
{
	uLongf stored_sz = compressBound(raw_sz);
	uint8_t *payload;
	int err;

	if (raw_sz > TRACE_PAYLOAD_MAX)
		return -EMSGSIZE;
	err = chunk_reserve(writer, stored_sz);
	if (err)
		return err;
	payload = writer->chunk + sizeof(header);
	if (!payload_compress(payload, &stored_sz, raw, raw_sz)) {
		header.flags |= TRACE_CHUNK_STORED;
		stored_sz = raw_sz;
		memcpy(payload, raw, raw_sz);
	}
	header.magic = TRACE_CHUNK_MAGIC;
	header.raw_sz = (uint32_t)raw_sz;
	header.stored_sz = (uint32_t)stored_sz;
	header.payload_crc = (uint32_t)crc32(0, payload, (uInt)stored_sz);
	header.crc = (uint32_t)crc32(0, (const Bytef *)&header,
				     offsetof(struct trace_chunk_header, crc));
	memcpy(writer->chunk, &header, sizeof(header));
	return write_all(writer, writer->chunk, sizeof(header) + stored_sz);
}

int trace_writer_new(struct trace_writer **writer, int fd)
{
	struct trace_writer *made = calloc(1, sizeof(*made));
	const char *schema = record_schema_text();
	int err = -ENOMEM;

	*writer = NULL;
	if (!made)
		return err;
	made->sinks[0].fd = fd;
	made->sink_cnt = 1;
	made->enc = encoder_new(EVENTS_SZ);
	if (made->enc)
		err = file_header_write(made);
	if (!err)
		err = trace_writer_text(made, TRACE_CHUNK_SCHEMA, schema, strlen(schema));
	if (err)
		trace_writer_free(made);
	else
		*writer = made;
	return err;
}

void trace_writer_free(struct trace_writer *writer)
{
	if (!writer)
		return;
	encoder_free(writer->enc);
	free(writer->chunk);
	free(writer);
}

int trace_writer_text(struct trace_writer *writer, enum trace_chunk_type type, const char *text,
		      size_t text_sz)
{
	struct trace_chunk_header header = { .type = (uint16_t)type };
	int err = trace_writer_flush(writer);

	return err ? err : chunk_write(writer, header, (const uint8_t *)text, text_sz);
}

int trace_writer_flush(struct trace_writer *writer)
{
	struct trace_chunk_header header = { .type = TRACE_CHUNK_EVENTS };
	const uint8_t *raw;
	size_t raw_sz;
	int err;

	raw = encoder_bytes(writer->enc, &raw_sz, &header.record_cnt, &header.time_first_ns,
			    &header.time_last_ns);
	if (!header.record_cnt)
		return writer->err;
	err = chunk_write(writer, header, raw, raw_sz);
	encoder_reset(writer->enc);
	return err;
}

int trace_writer_record(struct trace_writer *writer, const union record *rec)
{
	int err = encoder_append(writer->enc, rec);

	if (err != -ENOSPC)
		return err;
	err = trace_writer_flush(writer);
	return err ? err : encoder_append(writer->enc, rec);
}

int trace_writer_turn(struct trace_writer *writer, const union record recs[TURN_PART_CNT],
		      uint32_t parts)
{
	int err = encoder_append_turn(writer->enc, recs, parts);

	if (err != -ENOSPC)
		return err;
	err = trace_writer_flush(writer);
	return err ? err : encoder_append_turn(writer->enc, recs, parts);
}

int trace_writer_repeat_turns(struct trace_writer *writer, const struct rec_header *header,
			      uint32_t parts, const struct turn_times *times, uint32_t cnt)
{
	int err = encoder_repeat_turns(writer->enc, header, parts, times, cnt);

	/* the next chunk does not know the last turn */
	return err == -ENOSPC ? -ENODATA : err;
}

uint64_t trace_writer_bytes(const struct trace_writer *writer)
{
	return writer->sinks[0].bytes;
}

int trace_writer_also(struct trace_writer *writer, int fd, uint64_t bytes)
{
	int err = trace_writer_flush(writer);

	if (err)
		return err;
	writer->sinks[1] = (struct sink){ fd, bytes };
	writer->sink_cnt = 2;
	return 0;
}

uint64_t trace_writer_also_bytes(const struct trace_writer *writer)
{
	return writer->sink_cnt == 2 ? writer->sinks[1].bytes : 0;
}

int trace_writer_switch(struct trace_writer *writer)
{
	int fd = writer->sinks[0].fd;

	writer->sinks[0] = writer->sinks[1];
	writer->sink_cnt = 1;
	return fd;
}
