/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A file that lets its older records go is a whole trace at every moment, and what it says of itself adds up. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "bpf/ring_file.h"
#include "tests/unit/random.h"
#include "trace-viewer/model.h"

#define SIZE	  (64u << 10)
#define CHUNK_MAX 4096u /* some records more than what makes a chunk due */
#define VM	  0xffff888100000000ull

static char dir[] = "/tmp/kvmtree-ring-XXXXXX";
static char path[64], next_path[80];

static int head(void *context, struct trace_writer *writer)
{
	static const char meta[] = "command storm\n";
	static const char funcs[] = "3\tioctl\tkvm\tkvm_vcpu_ioctl\tkvm_vcpu_ioctl\tfentry\t-\t-\t-\t-\n";
	int err = trace_writer_text(writer, TRACE_CHUNK_META, meta, strlen(meta));

	(*(unsigned int *)context)++;
	return err ? err : trace_writer_text(writer, TRACE_CHUNK_FUNCS, funcs, strlen(funcs));
}

/* The recorder's part of it. */
struct recording {
	struct trace_writer *writer;
	struct ring_file *ring;
	struct catch_up *catch_up;
	struct ring_gone gone;
	unsigned int head_cnt;
	int fd;
};

static void recording_begin(struct recording *r, const char *file)
{
	*r = (struct recording){ 0 };
	r->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	assert_true(r->fd >= 0);
	assert_int_equal(trace_writer_new(&r->writer, r->fd), 0);
	assert_int_equal(head(&r->head_cnt, r->writer), 0);
	r->catch_up = catch_up_new();
	assert_int_equal(ring_file_new(&r->ring, file, SIZE, 500, head, &r->head_cnt), 0);
}

static void recording_add(struct recording *r, union record *rec, uint32_t kind, uint32_t size)
{
	rec->header.kind = kind;
	rec->header.size = size;
	rec->header.time_ns = r->gone.time_ns += 100;
	assert_int_equal(trace_writer_record(r->writer, rec), 0);
	r->gone.records++;
	r->gone.exits += kind == REC_kvm_exit;
	catch_up_note(r->catch_up, rec, true);
	if (r->gone.records % 500 == 0)
		assert_int_equal(trace_writer_flush(r->writer), 0);
	/* a few records wait in the encoder then: they go to the older file alone */
	if (r->gone.records % 500 == 3)
		assert_int_equal(ring_file_turn(r->ring, r->writer, &r->fd, r->catch_up, &r->gone), 0);
}

/* A turn of the run loop, of numbers that do not compress. */
static void recording_turn(struct recording *r, uint32_t vcpu_id)
{
	const struct rec_header header = { .tid = 200 + vcpu_id, .tgid = 200 };
	union record enter = { .ioctl_enter = { .header = header, .vm = VM, .func = 3, .cmd = 0xae80,
						.vcpu_id = (int)vcpu_id } };
	union record entry = { .kvm_entry = { .header = header, .vcpu_id = vcpu_id } };
	union record exit = { .kvm_exit = { .header = header, .vcpu_id = vcpu_id, .reason = 0x78,
					    .isa = REC_ISA_SVM } };
	union record leave = { .ioctl_exit = { .header = header, .func = 3, .cmd = 0xae80 } };

	entry.kvm_entry.rip = random_next();
	exit.kvm_exit.info2 = random_next() >> 8;
	recording_add(r, &enter, REC_ioctl_enter, sizeof(enter.ioctl_enter));
	recording_add(r, &entry, REC_kvm_entry, sizeof(entry.kvm_entry));
	recording_add(r, &exit, REC_kvm_exit, sizeof(exit.kvm_exit));
	recording_add(r, &leave, REC_ioctl_exit, sizeof(leave.ioctl_exit));
}

static void recording_end(struct recording *r)
{
	trace_writer_free(r->writer);
	ring_file_free(r->ring);
	catch_up_free(r->catch_up);
	close(r->fd);
}

static ssize_t read_fd(void *fd, void *buf, size_t sz)
{
	return read(*(int *)fd, buf, sz);
}

/* What a reader finds in the file. The caller frees the model before the reader. */
static struct model *model_of(const char *file, struct trace_reader **rd)
{
	struct model *model = model_new(MODEL_FOLDED, NULL);
	int fd = open(file, O_RDONLY);
	char why[200];

	*rd = trace_reader_new(read_fd, &fd, why, sizeof(why));
	if (!*rd)
		fail_msg("%s", why);
	model_read(model, *rd);
	close(fd);
	return model;
}

static uint64_t meta_number(const struct model *model, const char *key)
{
	const char *value = model_meta(model, key);

	return value ? strtoull(value, NULL, 10) : 0;
}

/* Nothing is missing in the file but what it says, and what waits to be written. */
static void file_check(const struct recording *r, const char *file)
{
	struct trace_reader *rd;
	struct model *model = model_of(file, &rd);
	uint64_t kept = model->exit_cnt, gone = meta_number(model, "let_go_exits");

	assert_int_equal(model->gap_cnt, 0);
	assert_int_equal(model->unplaced_cnt, 0);
	assert_string_equal(model_meta(model, "command"), "storm");
	assert_non_null(model_func(model, 3));
	assert_true(kept + gone <= r->gone.exits && kept + gone + 500 >= r->gone.exits);
	for (uint32_t i = 1; i <= model->vm_cnt; i++)
		for (const struct vcpu *v = model->vms[i]->vcpus; v && gone; v = v->next)
			assert_true(v->has_base);
	model_free(model);
	trace_reader_free(rd);
}

static void whole_at_every_moment(void **state)
{
	struct recording r;
	uint64_t size_max = 0;
	unsigned int head_cnt = 0, swap_cnt = 0;
	struct stat st;

	(void)state;
	recording_begin(&r, path);
	for (unsigned int i = 0; i < 20000; i++) {
		recording_turn(&r, i % 3);
		if (i % 100)
			continue;
		file_check(&r, path);
		assert_int_equal(stat(path, &st), 0);
		size_max = (uint64_t)st.st_size > size_max ? (uint64_t)st.st_size : size_max;
		/* once full, it is never less than half full */
		if (r.head_cnt > 2)
			assert_true((uint64_t)st.st_size > SIZE / 2 - CHUNK_MAX * 4);
		swap_cnt += r.head_cnt != head_cnt;
		head_cnt = r.head_cnt;
	}
	assert_true(swap_cnt > 3);
	assert_in_range(size_max, SIZE / 2, SIZE + CHUNK_MAX * 4);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(access(next_path, F_OK), 0);
	recording_end(&r);
	assert_int_equal(access(next_path, F_OK), -1);
}

/* KVM's count of each of three vCPUs. */
static void counters_add(struct recording *r, uint64_t exits, bool is_alive)
{
	for (uint32_t id = 0; id < 3; id++) {
		union record counter = { .vcpu_counter = { .header = { .tid = 200, .tgid = 200 }, .vm = VM, .exits = exits,
							   .vcpu_id = id, .is_alive = is_alive } };

		recording_add(r, &counter, REC_vcpu_counter, sizeof(counter.vcpu_counter));
	}
}

/* KVM's count at the end against what is kept: what was let go must not count as missing. */
static void coverage_of_what_is_kept(void **state)
{
	struct recording r;
	struct trace_reader *rd;
	struct model *model;

	(void)state;
	recording_begin(&r, path);
	for (unsigned int i = 0; i < 6000; i++)
		recording_turn(&r, i % 3);
	counters_add(&r, 2000, true); /* their threads end, and others go on with them */
	for (unsigned int i = 0; i < 6000; i++)
		recording_turn(&r, i % 3);
	counters_add(&r, 4000, false);
	assert_int_equal(trace_writer_flush(r.writer), 0);
	model = model_of(path, &rd);
	assert_true(meta_number(model, "let_go_exits") > 1000);
	assert_int_equal(model->vm_cnt, 1);
	for (const struct vcpu *v = model->vms[1]->vcpus; v; v = v->next) {
		assert_true(v->has_counter && v->has_base);
		assert_int_equal(v->counter, v->exit_cnt);
	}
	assert_int_equal(model->vms[1]->vcpu_cnt, 3);
	model_free(model);
	trace_reader_free(rd);
	recording_end(&r);
}

/* The name may be a link: what it points to is replaced, not the link. */
static void a_link_stays_one(void **state)
{
	char link_path[64];
	struct recording r;
	struct stat st;

	(void)state;
	snprintf(link_path, sizeof(link_path), "%s/link", dir);
	unlink(path);
	assert_int_equal(symlink(path, link_path), 0);
	recording_begin(&r, link_path);
	for (unsigned int i = 0; i < 6000; i++)
		recording_turn(&r, 0);
	assert_true(r.head_cnt > 2);
	file_check(&r, link_path);
	assert_int_equal(lstat(link_path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	recording_end(&r);
	unlink(link_path);
}

static void what_cannot_be_a_ring(void **state)
{
	struct ring_file *ring;

	(void)state;
	assert_int_equal(ring_file_new(&ring, "/dev/null", SIZE, 500, head, NULL), -EINVAL);
	assert_null(ring);
	assert_int_equal(ring_file_new(&ring, "/nowhere/at/all", SIZE, 500, head, NULL), -ENOENT);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(ring_file_new(&ring, path, SIZE, SIZE / 2, head, NULL), -EMSGSIZE);
	assert_int_equal(access(next_path, F_OK), -1);
	/* FILE.next is a folder: that is said at once */
	assert_int_equal(mkdir(next_path, 0700), 0);
	assert_true(ring_file_new(&ring, path, SIZE, 500, head, NULL) < 0);
	assert_int_equal(rmdir(next_path), 0);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/ring.kvmtree", dir);
	snprintf(next_path, sizeof(next_path), "%s.next", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_at_every_moment),
		cmocka_unit_test(coverage_of_what_is_kept),
		cmocka_unit_test(a_link_stays_one),
		cmocka_unit_test(what_cannot_be_a_ring),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
