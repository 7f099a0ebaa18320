/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * gen_load [--vcpus N] EXITS > FILE.kvmtree: a recording of any length, with the detail that the
 * recorder has by default, some six records an exit. The same arguments make the same bytes.
 *
 * A vCPU does what a guest does that boots: it faults its memory in, prints, asks CPUID, writes
 * MSRs, reads a port, halts; in loops of a random length, each of one kind or of a few in turn.
 */
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_writer.h"

#define VCPUS_MAX 64
#define TGID	  4000u
#define VM	  0xffff888100000000ull

enum func_id { FUNC_VM_IOCTL = 1, FUNC_VCPU_IOCTL, FUNC_CREATE_VM, FUNC_VCPU_CREATE, FUNC_VCPU_RUN,
	       FUNC_VCPU_EXEC, FUNC_VCPU_ENTER, FUNC_HANDLE_IO, FUNC_SERIAL_OUT, FUNC_SERIAL_IN };

static const char funcs[] =
	"1\tioctl\tkvm\tkvm_vm_ioctl\tkvm_vm_ioctl\tfentry\t-\tkvm\t-\tint\n"
	"2\tioctl\tkvm\tkvm_vcpu_ioctl\tkvm_vcpu_ioctl\tfentry\t-\tvcpu\t-\tint\n"
	"3\tkvm\tkvm\tkvm_create_vm\tkvm_create_vm\tfentry\tioctl:KVM_CREATE_VM\ttype\t-\tpointer\n"
	"4\tvendor\tkvm_amd\tsvm_vcpu_create\tvcpu_create\tfentry\tioctl:KVM_CREATE_VCPU\tvcpu\t-\tint\n"
	"5\tvmm\tvmm\tvcpu_run\tvcpu_run\tuprobe\t-\towner\t-\tvoid\n"
	"6\tvmm\tvmm\tvcpu_exec\tvcpu_exec\tuprobe\t-\towner\t-\tint\n"
	"7\tvmm\tvmm\tvcpu_enter\tvcpu_enter\tuprobe\t-\towner\t-\tint\n"
	"8\tvmm\tvmm\thandle_io\thandle_io\tuprobe\t-\towner\t-\tint\n"
	"9\tvmm\tvmm\tserial_out\tserial_out\tuprobe\t-\towner\t-\tvoid\n"
	"10\tvmm\tvmm\tserial_in\tserial_in\tuprobe\t-\towner\t-\tint\n";

struct load;

struct vcpu {
	uint32_t id;
	bool is_in_run; /* its KVM_RUN is open */
	uint64_t page, port_value;
	uint32_t body[4], body_cnt, at, times; /* the loop that it is in */
};

struct load {
	struct trace_writer *writer;
	uint64_t now_ns, random;
	struct vcpu vcpus[VCPUS_MAX];
	uint32_t vcpu_cnt;
	int err;
};

static uint32_t below(struct load *l, uint32_t limit)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return (uint32_t)(l->random >> 20) % limit;
}

static void put(struct load *l, uint32_t tid, uint32_t kind, union record *rec)
{
	l->now_ns += 150 + below(l, 700);
	rec->header.kind = kind;
	rec->header.size = record_kind(kind)->size;
	rec->header.time_ns = l->now_ns;
	rec->header.tid = tid;
	rec->header.tgid = TGID;
	rec->header.cpu = tid % 4;
	if (!l->err)
		l->err = trace_writer_record(l->writer, rec);
}

#define PUT(l, tid, kind, ...) \
	put(l, tid, REC_##kind, &(union record){ .kind = { __VA_ARGS__ } })

static uint32_t tid_of(const struct vcpu *v)
{
	return TGID + 1 + v->id;
}

static void enter(struct load *l, struct vcpu *v)
{
	if (!v->is_in_run) {
		PUT(l, tid_of(v), func_enter, .func = FUNC_VCPU_EXEC, .arg_cnt = 1);
		PUT(l, tid_of(v), func_enter, .func = FUNC_VCPU_ENTER, .arg_cnt = 1);
		PUT(l, tid_of(v), ioctl_enter, .func = FUNC_VCPU_IOCTL, .vm = VM,
		    .vcpu_id = (int32_t)v->id, .cmd = KVM_RUN);
	}
	v->is_in_run = true;
	PUT(l, tid_of(v), kvm_entry, .rip = 0x100000 + v->at * 16, .vcpu_id = v->id);
}

static void leave(struct load *l, struct vcpu *v, uint32_t reason, uint64_t info1, uint64_t info2)
{
	PUT(l, tid_of(v), kvm_exit, .rip = 0x100008 + v->at * 16, .info1 = info1, .info2 = info2,
	    .reason = reason, .isa = REC_ISA_SVM, .vcpu_id = v->id);
}

static void up(struct load *l, struct vcpu *v, uint32_t user_reason)
{
	PUT(l, tid_of(v), kvm_userspace_exit, .reason = user_reason);
	PUT(l, tid_of(v), ioctl_exit, .func = FUNC_VCPU_IOCTL, .cmd = KVM_RUN);
	PUT(l, tid_of(v), func_exit, .func = FUNC_VCPU_ENTER);
	v->is_in_run = false;
}

/* --- what a guest does: one exit each -------------------------------------------- */

static void do_fault(struct load *l, struct vcpu *v)
{
	uint64_t gpa = 0x1000 * (v->page++ % 262144);

	enter(l, v);
	leave(l, v, 0x400, 0x100000006, gpa);
	PUT(l, tid_of(v), kvm_page_fault, .rip = 0x100008, .address = gpa, .error_code = 0x100000006);
}

static void do_io(struct load *l, struct vcpu *v, bool is_out)
{
	uint32_t func = is_out ? FUNC_SERIAL_OUT : FUNC_SERIAL_IN;
	uint32_t port = is_out ? 0x3f8 : 0x3fd;

	enter(l, v);
	leave(l, v, 0x7b, port << 16 | 0x10 | !is_out, 0x10000a);
	if (is_out)
		PUT(l, tid_of(v), kvm_pio, .is_out = 1, .port = port, .size = 1, .count = 1,
		    .value = 'a' + v->port_value++ % 26);
	up(l, v, KVM_EXIT_IO);
	PUT(l, tid_of(v), func_enter, .func = FUNC_HANDLE_IO, .arg_cnt = 1);
	PUT(l, tid_of(v), func_enter, .func = func, .arg_cnt = 3, .arg1 = port & 7, .arg2 = 1);
	PUT(l, tid_of(v), func_exit, .func = func);
	PUT(l, tid_of(v), func_exit, .func = FUNC_HANDLE_IO);
	PUT(l, tid_of(v), func_exit, .func = FUNC_VCPU_EXEC);
}

static void do_out(struct load *l, struct vcpu *v)
{
	do_io(l, v, true);
}

static void do_in(struct load *l, struct vcpu *v)
{
	do_io(l, v, false);
}

static void do_cpuid(struct load *l, struct vcpu *v)
{
	enter(l, v);
	leave(l, v, 0x72, 0, 0);
	PUT(l, tid_of(v), kvm_cpuid, .leaf = below(l, 8), .is_found = 1, .rax = 0x10);
}

static void do_msr(struct load *l, struct vcpu *v)
{
	enter(l, v);
	leave(l, v, 0x7c, 1, 0);
	PUT(l, tid_of(v), kvm_msr, .msr = 0x6e0, .is_write = 1, .value = l->now_ns);
}

static void do_interrupt(struct load *l, struct vcpu *v)
{
	enter(l, v);
	leave(l, v, 0x60, 0, 0);
}

static void do_halt(struct load *l, struct vcpu *v)
{
	enter(l, v);
	leave(l, v, 0x78, 0, 0);
	l->now_ns += below(l, 4000000);
}

static const struct { void (*fn)(struct load *l, struct vcpu *v); uint32_t weight; } deeds[] = {
	{ do_fault, 30 }, { do_out, 22 }, { do_in, 5 },	       { do_cpuid, 12 },
	{ do_msr, 20 },	  { do_halt, 7 }, { do_interrupt, 4 },
};

static uint32_t deed_random(struct load *l)
{
	uint32_t all = 0, i;

	for (i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
		all += deeds[i].weight;
	all = below(l, all);
	for (i = 0; all >= deeds[i].weight; i++)
		all -= deeds[i].weight;
	return i;
}

static void vcpu_step(struct load *l, struct vcpu *v)
{
	if (!v->times) {
		v->body_cnt = 1 + below(l, 4);
		v->times = (1 + below(l, 60)) * v->body_cnt;
		for (uint32_t i = 0; i < v->body_cnt; i++)
			v->body[i] = deed_random(l);
		v->at = 0;
	}
	deeds[v->body[v->at++ % v->body_cnt]].fn(l, v);
	v->times--;
}

/* --- begin and end -------------------------------------------------------------- */

static int text(struct load *l, enum trace_chunk_type type, const char *lines)
{
	return trace_writer_text(l->writer, type, lines, strlen(lines));
}

static void vm_begin(struct load *l)
{
	PUT(l, TGID, process_exec, .comm_sz = 4, .comm = "load");
	PUT(l, TGID, ioctl_enter, .func = FUNC_VM_IOCTL, .cmd = KVM_CREATE_VM, .vcpu_id = -1);
	PUT(l, TGID, func_enter, .func = FUNC_CREATE_VM, .arg_cnt = 1);
	PUT(l, TGID, func_exit, .func = FUNC_CREATE_VM, .result = (int64_t)VM);
	PUT(l, TGID, ioctl_exit, .func = FUNC_VM_IOCTL, .cmd = KVM_CREATE_VM, .result = 4);
	for (uint32_t i = 0; i < l->vcpu_cnt; i++) {
		struct vcpu *v = &l->vcpus[i];

		v->id = i;
		PUT(l, TGID, process_fork, .child_tid = tid_of(v), .child_tgid = TGID);
		PUT(l, tid_of(v), ioctl_enter, .func = FUNC_VM_IOCTL, .vm = VM, .vcpu_id = -1,
		    .cmd = KVM_CREATE_VCPU, .arg = i);
		PUT(l, tid_of(v), func_enter, .func = FUNC_VCPU_CREATE, .arg_cnt = 1);
		PUT(l, tid_of(v), func_exit, .func = FUNC_VCPU_CREATE);
		PUT(l, tid_of(v), ioctl_exit, .func = FUNC_VM_IOCTL, .cmd = KVM_CREATE_VCPU,
		    .result = 5 + (int64_t)i);
		PUT(l, tid_of(v), func_enter, .func = FUNC_VCPU_RUN, .arg_cnt = 1);
	}
}

static void vm_end(struct load *l, const uint64_t *exits)
{
	for (uint32_t i = 0; i < l->vcpu_cnt; i++) {
		struct vcpu *v = &l->vcpus[i];

		if (v->is_in_run) {
			up(l, v, KVM_EXIT_SHUTDOWN);
			PUT(l, tid_of(v), func_exit, .func = FUNC_VCPU_EXEC);
		}
		PUT(l, tid_of(v), func_exit, .func = FUNC_VCPU_RUN);
		PUT(l, TGID, vcpu_counter, .vm = VM, .exits = exits[i], .vcpu_id = i);
		PUT(l, tid_of(v), process_exit, .comm_sz = 4, .comm = "load");
	}
	PUT(l, TGID, process_exit, .comm_sz = 4, .comm = "load");
}

static int load_write(struct load *l, uint64_t exit_cnt)
{
	uint64_t exits[VCPUS_MAX] = { 0 };
	int err = text(l, TRACE_CHUNK_META, "kernel generated\nvendor amd\ncommand gen_load\n");

	if (!err)
		err = text(l, TRACE_CHUNK_FUNCS, funcs);
	if (err)
		return err;
	vm_begin(l);
	for (uint64_t i = 0; i < exit_cnt && !l->err; i++) {
		uint32_t id = below(l, l->vcpu_cnt);

		vcpu_step(l, &l->vcpus[id]);
		exits[id]++;
	}
	vm_end(l, exits);
	return l->err ? l->err : text(l, TRACE_CHUNK_END, "lost 0\n");
}

int main(int argc, char **argv)
{
	struct load l = { .now_ns = 1000000, .random = 0x9e3779b97f4a7c15ull, .vcpu_cnt = 1 };
	int err;

	if (argc == 4 && !strcmp(argv[1], "--vcpus"))
		l.vcpu_cnt = (uint32_t)strtoul(argv[2], NULL, 10);
	if ((argc != 2 && argc != 4) || !l.vcpu_cnt || l.vcpu_cnt > VCPUS_MAX) {
		fprintf(stderr, "usage: gen_load [--vcpus 1..%d] EXITS > FILE\n", VCPUS_MAX);
		return 2;
	}
	err = trace_writer_new(&l.writer, STDOUT_FILENO);
	if (!err)
		err = load_write(&l, strtoull(argv[argc - 1], NULL, 10));
	if (err)
		fprintf(stderr, "gen_load: standard output: %s\n", strerror(-err));
	trace_writer_free(l.writer);
	return err ? 1 : 0;
}
