/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A small language for traces. */
#include "tests/trace_script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace-viewer/kb.h"
#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_writer.h"

#define LINE_SZ	 1024
#define LOOP_MAX 4

struct loop {
	const char *begin; /* of the first line inside */
	unsigned long times, done;
};

struct script {
	struct trace_writer *writer;
	const char *at;
	unsigned int line;
	uint32_t tid, tgid, cpu;
	uint64_t now_ns;
	struct loop loops[LOOP_MAX];
	unsigned int loop_cnt;
	char *funcs;
	size_t funcs_sz;
	char *why;
	size_t why_sz;
};

static int fail(struct script *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct script *s, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(s->why, s->why_sz, "line %u: ", s->line);

	va_start(ap, fmt);
	vsnprintf(s->why + n, s->why_sz - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static uint64_t number(const struct script *s, const char *text, char **end)
{
	if (!strncmp(text, "$i", 2)) {
		*end = (char *)text + 2;
		return s->loop_cnt ? s->loops[s->loop_cnt - 1].done : 0;
	}
	if (*text == '-')
		return (uint64_t)strtoll(text, end, 0);
	return strtoull(text, end, 0);
}

/* A number, a sum of numbers A+B*C (no spaces), or the name of an ioctl. */
static bool value_parse(const struct script *s, const char *text, uint64_t *value)
{
	char *end;

	if (!strncmp(text, "KVM_", 4)) {
		*value = kb_ioctl_number(text);
		return *value != 0;
	}
	*value = number(s, text, &end);
	if (end == text)
		return false;
	while (*end == '+' || *end == '*') {
		char op = *end;
		const char *from = end + 1;
		uint64_t more = number(s, from, &end);

		if (end == from)
			return false;
		*value = op == '+' ? *value + more : *value * more;
	}
	return !*end;
}

static bool bytes_parse(const char *text, unsigned char *out, uint32_t capacity, uint32_t *used)
{
	*used = 0;
	if (*text < '0' || *text > '9') {
		*used = (uint32_t)strnlen(text, capacity);
		memcpy(out, text, *used);
		return true;
	}
	while (*text) {
		char *end;
		unsigned long size = strtoul(text, &end, 10);
		unsigned long long value;

		if (*end != ':' || !size || size > 8 || *used + size > capacity)
			return false;
		value = strtoull(end + 1, &end, 0);
		memcpy(out + *used, &value, size);
		*used += (uint32_t)size;
		text = end + (*end == ',');
	}
	return true;
}

static const struct record_field *field_find(const struct record_kind *kind, const char *name)
{
	for (const struct record_field *f = kind->fields; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static int field_set(struct script *s, const struct record_kind *kind, union record *rec, char *word)
{
	char *text = strchr(word, '=');
	const struct record_field *field, *size;
	char size_name[32];
	uint64_t value;
	uint32_t used;

	if (!text)
		return fail(s, "%s: not FIELD=VALUE", word);
	*text++ = '\0';
	field = field_find(kind, word);
	if (!field)
		return fail(s, "%s has no field %s", kind->name, word);
	if (field->type == FIELD_BYTES) {
		snprintf(size_name, sizeof(size_name), "%s_sz", word);
		size = field_find(kind, size_name);
		if (!size || !bytes_parse(text, (unsigned char *)rec + field->offset,
					  field->capacity, &used))
			return fail(s, "%s: not bytes", text);
		memcpy((char *)rec + size->offset, &used, sizeof(used));
		return 0;
	}
	if (!value_parse(s, text, &value))
		return fail(s, "%s: not a number", text);
	memcpy((char *)rec + field->offset, &value,
	       field->type == FIELD_U64 || field->type == FIELD_S64 ? 8 : 4);
	return 0;
}

static int record_line(struct script *s, char *line)
{
	char *at = line, *word = strsep(&at, " ");
	const struct record_kind *kind;
	union record rec;
	uint64_t later_ns;
	int err = 0;

	if (!value_parse(s, word + 1, &later_ns))
		return fail(s, "%s: not a time", word);
	s->now_ns += later_ns;
	word = at ? strsep(&at, " ") : NULL;
	kind = word ? record_kind_by_name(word, strlen(word)) : NULL;
	if (!kind)
		return fail(s, "%s: no kind of record", word ? word : "");
	memset(&rec, 0, sizeof(rec));
	rec.header.kind = kind->number;
	rec.header.size = kind->size;
	rec.header.time_ns = s->now_ns;
	rec.header.tid = s->tid;
	rec.header.tgid = s->tgid;
	rec.header.cpu = s->cpu;
	if (kind->number == REC_ioctl_enter)
		rec.ioctl_enter.vcpu_id = -1;
	while (!err && at && (word = strsep(&at, " ")))
		if (*word)
			err = field_set(s, kind, &rec, word);
	return err ? err : trace_writer_record(s->writer, &rec);
}

/* FUNCS lines are gathered until the first record: a chunk of their own each would do, too. */
static int func_line(struct script *s, char *line)
{
	char row[LINE_SZ];
	size_t n = 0;

	for (char *word; (word = strsep(&line, " "));)
		if (*word)
			n += (size_t)snprintf(row + n, sizeof(row) - n, "%s%s", n ? "\t" : "", word);
	for (char *c = row; *c; c++)
		if (*c == '~')
			*c = ' '; /* notes are sentences */
	row[n++] = '\n';
	return trace_writer_text(s->writer, TRACE_CHUNK_FUNCS, row, n);
}

static int text_line(struct script *s, enum trace_chunk_type type, char *line)
{
	char text[LINE_SZ];
	int n = snprintf(text, sizeof(text), "%s\n", line);

	return trace_writer_text(s->writer, type, text, (size_t)n);
}

static int loop_begin(struct script *s, const char *line)
{
	struct loop *loop = &s->loops[s->loop_cnt];

	if (s->loop_cnt == LOOP_MAX)
		return fail(s, "too many loops in each other");
	loop->times = strtoul(line, NULL, 0);
	loop->done = 0;
	loop->begin = s->at;
	s->loop_cnt++;
	return loop->times ? 0 : fail(s, "repeat how often?");
}

static int loop_end(struct script *s)
{
	struct loop *loop = &s->loops[s->loop_cnt - 1];

	if (!s->loop_cnt)
		return fail(s, "done without repeat");
	if (++loop->done < loop->times)
		s->at = loop->begin;
	else
		s->loop_cnt--;
	return 0;
}

static int line_run(struct script *s, char *line)
{
	char *rest;

	while (*line == ' ' || *line == '\t')
		line++;
	if (!*line || *line == '#')
		return 0;
	if (*line == '+')
		return record_line(s, line);
	rest = strchr(line, ' ');
	if (rest)
		*rest++ = '\0';
	else
		rest = line + strlen(line);
	if (!strcmp(line, "meta"))
		return text_line(s, TRACE_CHUNK_META, rest);
	if (!strcmp(line, "end"))
		return text_line(s, TRACE_CHUNK_END, rest);
	if (!strcmp(line, "func"))
		return func_line(s, rest);
	if (!strcmp(line, "repeat"))
		return loop_begin(s, rest);
	if (!strcmp(line, "done"))
		return loop_end(s);
	if (!strcmp(line, "flush"))
		return trace_writer_flush(s->writer);
	if (!strcmp(line, "cpu")) {
		s->cpu = (uint32_t)strtoul(rest, NULL, 0);
		return 0;
	}
	if (!strcmp(line, "thread")) {
		s->tid = s->tgid = (uint32_t)strtoul(rest, &rest, 0);
		if (*rest)
			s->tgid = (uint32_t)strtoul(rest, NULL, 0);
		return 0;
	}
	return fail(s, "%s: no such word", line);
}

int trace_script_write(const char *script, int fd, char *why, size_t why_sz)
{
	struct script s = { .at = script, .tid = 100, .tgid = 100, .now_ns = 1000000,
			    .why = why, .why_sz = why_sz };
	int err = trace_writer_new(&s.writer, fd);

	while (!err && *s.at) {
		const char *end = strchrnul(s.at, '\n');
		char line[LINE_SZ];

		snprintf(line, sizeof(line), "%.*s", (int)(end - s.at), s.at);
		s.at = *end ? end + 1 : end;
		s.line++;
		err = line_run(&s, line);
	}
	if (!err)
		err = trace_writer_flush(s.writer);
	trace_writer_free(s.writer);
	return err;
}

unsigned char *trace_script_bytes(const char *script, size_t *bytes_sz, char *why, size_t why_sz)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	unsigned char *bytes = NULL;
	off_t sz;

	snprintf(why, why_sz, "no memory");
	if (fd < 0)
		return NULL;
	if (!trace_script_write(script, fd, why, why_sz)) {
		sz = lseek(fd, 0, SEEK_END);
		bytes = malloc((size_t)sz + 1);
		*bytes_sz = (size_t)sz;
		if (bytes && pread(fd, bytes, (size_t)sz, 0) != sz) {
			free(bytes);
			bytes = NULL;
		}
	}
	close(fd);
	return bytes;
}

char *file_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t sz = 0, room = 0;

	if (!file)
		return NULL;
	for (;;) {
		if (room - sz < 4096) {
			char *more = realloc(text, room += 65536);

			if (!more)
				break;
			text = more;
		}
		size_t n = fread(text + sz, 1, room - sz - 1, file);

		sz += n;
		if (!n)
			break;
	}
	fclose(file);
	if (text)
		text[sz] = '\0';
	return text;
}
