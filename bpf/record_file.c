/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The file of a recording: opened, and what is in it besides records. docs/trace-format.md has its keys. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/environment.h"
#include "bpf/record_say.h"
#include "bpf/record_session.h"

int session_file_complain(const struct session *s, int err)
{
	const char *cure = err == -ENOSPC || err == -EFBIG || err == -EDQUOT ?
				   "make room, or write elsewhere with -o; what is written so far "
				   "can be read" :
				   "what is written so far can be read";

	return complain("writing %s: %s; %s", s->options.output, strerror(-err), cure);
}

int session_file_open(struct session *s)
{
	struct stat st;

	if (!strcmp(s->options.output, "-")) {
		s->out_fd = dup(STDOUT_FILENO);
		if (isatty(STDOUT_FILENO))
			return complain("standard output is a terminal, and a trace is not text: "
					"send it to a file or a pipe");
		return 0;
	}
	s->out_fd = open(s->options.output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	s->is_output_ours = s->out_fd >= 0;
	/* with O_CREAT: what somebody else has put into a folder of all's the kernel refuses (fs.protected_regular) */
	if (s->out_fd < 0 && errno == EEXIST)
		s->out_fd = open(s->options.output, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
	if (s->out_fd < 0)
		return complain("opening %s: %s; name another file with -o", s->options.output,
				strerror(errno));
	if (s->options.file_sz && (fstat(s->out_fd, &st) || !S_ISREG(st.st_mode)))
		return complain("--ring: %s is no ordinary file, which lets nothing go; name another with "
				"-o", s->options.output);
	return 0;
}

/* What was left out by wish: a reader must not take what is there for all that was. */
static void wish_print(const struct session *s, FILE *out)
{
	const struct selection_wish *wish = &s->options.wish;

	if (wish->vm)
		fprintf(out, "only_vm %s\n", wish->vm);
	if (wish->vcpus_text)
		fprintf(out, "only_vcpus %s\n", wish->vcpus_text);
	if (s->options.file_sz)
		fprintf(out, "ring_bytes %" PRIu64 "\n", s->options.file_sz);
}

/* What is known before the first record. Returns 0 or -errno. */
static int meta_make(struct session *s)
{
	size_t machine_sz;
	char *machine = environment_meta(s->plan.vendor, target_command(&s->target), &machine_sz);
	FILE *out = open_memstream(&s->meta, &s->meta_sz);

	if (machine && out) {
		fwrite(machine, 1, machine_sz, out);
		wish_print(s, out);
	}
	if (!out || fclose(out) || !machine) {
		free(machine);
		return -ENOMEM;
	}
	free(machine);
	return 0;
}

/* The head of a file: what a reader needs before the first record. */
static int head_write(void *session, struct trace_writer *writer)
{
	const struct session *s = session;
	int err = trace_writer_text(writer, TRACE_CHUNK_META, s->meta, s->meta_sz);
	size_t text_sz;
	char *text;

	if (err)
		return err;
	text = plan_funcs_text(&s->plan, 0, &text_sz);
	err = text ? trace_writer_text(writer, TRACE_CHUNK_FUNCS, text, text_sz) : -ENOMEM;
	if (text && s->trigger && writer == s->writer)
		trigger_funcs(s->trigger, text);
	free(text);
	return err || !s->symbols ? err : symbols_write(s->symbols, writer);
}

static int head_begin(struct session *s)
{
	int err = meta_make(s);

	if (!err)
		err = trace_writer_new(&s->writer, s->out_fd);
	if (!err)
		err = head_write(s, s->writer);
	if (!err && s->options.file_sz)
		err = ring_file_new(&s->ring, s->options.output, s->options.file_sz,
				    trace_writer_bytes(s->writer), head_write, s);
	return err;
}

int session_file_begin(struct session *s)
{
	int err = head_begin(s);

	if (err == -EMSGSIZE)
		return complain("--ring %" PRIu64 ": functions and symbols alone take %" PRIu64 " bytes; give it "
				"more", s->options.file_sz, trace_writer_bytes(s->writer));
	return err ? session_file_complain(s, err) : 0;
}

/* The file's end. Its keys are in docs/trace-format.md. */
int session_file_end(struct session *s, int wait_status)
{
	struct recorder_totals totals = recorder_totals(s->recorder);
	char text[1024 + 2 * RECORD_LOSS_TEXT_SZ];
	int n = snprintf(text, sizeof(text),
			 "records %" PRIu64 "\nexits %" PRIu64 "\nlost %" PRIu64 "\n"
			 "kvm_exits %" PRIu64 "\nvcpus_counted %" PRIu64 "\n",
			 totals.records, totals.exits, totals.lost, totals.kvm_exits, totals.vcpus);

	if (recorder_is_over(s->recorder))
		n += snprintf(text + n, sizeof(text) - (size_t)n, "stopped_after %.400s\n",
			      trigger_text(s->trigger));
	else if (s->target.child_is_there)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "wait_status %d\n", wait_status);
	record_loss_read(&s->loss, s->programs, &s->plan, &totals,
			 s->target.child_is_there || s->plan.has_rounds);
	n += (int)record_loss_text(&s->loss, text + n, sizeof(text) - (size_t)n);
	return trace_writer_text(s->writer, TRACE_CHUNK_END, text, (size_t)n);
}
