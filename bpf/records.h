/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The records that cross the ring buffer: the contract between the eBPF
 * programs and the recorder. It includes nothing; whoever includes it has
 * defined __u32, __s32, __u64 and __s64 before (<linux/types.h>, or bpf/kernel.h).
 *
 * One list says everything: a record is a row of KVMTREE_RECORDS and a list of
 * fields. The structs, the sizes, the schema in the trace file and the encoder's
 * tables come from it. Kinds and fields are never renumbered, never reordered and
 * never reused: a dropped one leaves a hole, a new field goes to the end.
 *
 * Fields of 64 bits come first, then pairs of 32 bits, then what was added later, so that no
 * struct has a hole; the asserts at the end of this file prove it.
 */
#ifndef KVMTREE_RECORDS_H
#define KVMTREE_RECORDS_H

/*
 * Every record starts so. `size` is that of the whole record; time is
 * CLOCK_MONOTONIC; tid and tgid are those of the thread that ran.
 */
struct rec_header {
	__u32 size;
	__u32 kind;
	__u64 time_ns;
	__u32 tid;
	__u32 tgid;
	__u32 cpu;
	__u32 flags; /* enum rec_flag */
};

enum rec_flag {
	REC_FLAG_NONE = 0,
};

#define REC_SP_CHAINED 1

/* What the bytes of an ioctl's argument may take in a record. */
#define REC_IOCTL_DATA_MAX 64
#define REC_IOCTL_MORE_MAX 256	/* in each of these that follow, up to so many bytes in all: */
#define REC_IOCTL_ALL_MAX  5184
#define REC_COMM_MAX	   16

/* How an instruction set names itself in kvm_exit (arch/x86/include/uapi/asm/kvm.h). */
enum rec_isa {
	REC_ISA_VMX = 1,
	REC_ISA_SVM = 2,
};

enum rec_inject {
	REC_INJECT_INTERRUPT = 0,
	REC_INJECT_EXCEPTION = 1,
	REC_INJECT_NMI = 2, /* in no record: no tracepoint tells of it, a function does */
};

/* `flags` of kvm_inject */
enum rec_inject_flag {
	REC_INJECT_HAS_ERROR = 1,
	REC_INJECT_SOFT = 2, /* INT n and the like */
	REC_INJECT_AGAIN = 4, /* an exit came before the guest could take it */
};

/* Why a record was lost, `cause` of the record `lost`. */
enum rec_lost_cause {
	REC_LOST_RING_FULL = 1,	 /* no room in the ring buffer */
	REC_LOST_READ_FAULT = 2, /* the kernel memory of the event could not be read */
};

/*
 * R(number, name, what it says). Kinds 1 to 5 carry `func`, an id of the function
 * table in the trace file.
 */
/* clang-format off */
#define KVMTREE_RECORDS(R)                                                                       \
	R(1,  ioctl_enter,        "a KVM ioctl begins: fd's VM and vCPU, command, argument")         \
	R(2,  ioctl_exit,         "it returns: result")                                              \
	R(3,  ioctl_data,         "the first bytes of the structure its argument points to")         \
	R(4,  func_enter,         "a kernel or user-space function begins: first three arguments")   \
	R(5,  func_exit,          "it returns: result")                                              \
	R(6,  kvm_entry,          "VM entry: the guest is about to run")                             \
	R(7,  kvm_exit,           "VM exit: raw reason and information words")                       \
	R(8,  kvm_userspace_exit, "KVM_RUN is about to return to the VMM: kvm_run's exit_reason")    \
	R(9,  kvm_pio,            "port I/O, with its first value")                                  \
	R(10, kvm_mmio,           "memory-mapped I/O that the kernel emulates")                      \
	R(11, kvm_msr,            "RDMSR or WRMSR")                                                  \
	R(12, kvm_cpuid,          "CPUID: leaf, subleaf, answer")                                    \
	R(13, kvm_page_fault,     "the guest touched memory that KVM has to map")                    \
	R(14, kvm_cr,             "access to a control register")                                    \
	R(15, kvm_hypercall,      "VMCALL or VMMCALL")                                               \
	R(16, process_fork,       "a traced process made a thread or a process")                     \
	R(17, process_exec,       "a traced process began another program")                          \
	R(18, process_exit,       "a traced thread ended: wait status")                              \
	R(19, vcpu_counter,       "KVM's own count of exits of a vCPU, or up to where it was seen (**)") \
	R(20, lost,               "records that could not be written, on this CPU, just before")    \
	R(21, vcpu_base,          "KVM's own count of exits of a vCPU as what is recorded of it begins") \
	R(22, kvm_inject,         "KVM puts an event into the guest, with the next entry")          \
	R(23, kvm_apic,           "a register of the guest's local APIC")                          \
	R(24, kvm_apic_ipi,       "the guest's local APIC sends an interrupt")                     \
	R(25, kvm_apic_accept_irq, "a local APIC takes an interrupt (*)")                          \
	R(26, kvm_eoi,            "the guest has served an interrupt")                             \
	R(27, kvm_vcpu_wakeup,    "a halted vCPU goes on: how long it waited")                     \
	R(28, kvm_halt_poll_ns,   "KVM polls longer or shorter from now on before a halted vCPU blocks") \
	R(29, kvm_fast_mmio,      "a write to MMIO that an eventfd takes, without looking at the data") \
	R(30, kvm_ple_window,     "the guest may spin longer or shorter from now on before it exits") \
	R(31, kvm_set_irq,        "a line of the VM's interrupt controllers is driven")            \
	R(32, kvm_answer,         "what the VMM has put into kvm_run for its last exit")           \
	R(33, off_cpu,            "a vCPU's thread is back on a CPU: since when it was not, and why (*)") \
	R(34, ioctl_more,         "more bytes of the structure, from `offset` on")
/*
 * (*) Of its thread, older records may follow: its time is the place to put it.
 * (**) When the vCPU is destroyed. It `is_alive` still when its thread ends or the recording does.
 */

/*
 * `sp` of a function of user space is where its return address lies, 0: not known. It tells a frame
 * that returned from one that was jumped out of. REC_SP_CHAINED in it, at the beginning: the function
 * that was called at this place before has jumped here at its end, and returns with this one.
 */
/* F64(name) F32(name) S64(name) S32(name), and BYTES(name, capacity) last. */
#define REC_FIELDS_ioctl_enter(F64, F32, S64, S32, BYTES)                                        \
	F64(vm) F64(arg) F32(func) F32(cmd) S32(vcpu_id) F32(reserved)
#define REC_FIELDS_ioctl_exit(F64, F32, S64, S32, BYTES)                                         \
	S64(result) F32(func) F32(cmd)
#define REC_FIELDS_ioctl_data(F64, F32, S64, S32, BYTES)                                         \
	F32(cmd) F32(data_sz) BYTES(data, REC_IOCTL_DATA_MAX)
#define REC_FIELDS_func_enter(F64, F32, S64, S32, BYTES)                                         \
	F64(arg0) F64(arg1) F64(arg2) F32(func) F32(arg_cnt) F64(sp)
#define REC_FIELDS_func_exit(F64, F32, S64, S32, BYTES)                                          \
	S64(result) F32(func) F32(reserved) F64(sp)
#define REC_FIELDS_kvm_entry(F64, F32, S64, S32, BYTES)                                          \
	F64(rip) F32(vcpu_id) F32(reserved)
#define REC_FIELDS_kvm_exit(F64, F32, S64, S32, BYTES)                                           \
	F64(rip) F64(info1) F64(info2) F32(reason) F32(isa) F32(intr_info) F32(error_code)       \
	F32(vcpu_id) F32(reserved)
#define REC_FIELDS_kvm_userspace_exit(F64, F32, S64, S32, BYTES)                                 \
	F32(reason) S32(error)
#define REC_FIELDS_kvm_pio(F64, F32, S64, S32, BYTES)                                            \
	F32(is_out) F32(port) F32(size) F32(count) F32(value) F32(reserved)
#define REC_FIELDS_kvm_mmio(F64, F32, S64, S32, BYTES)                                           \
	F64(gpa) F64(value) F32(type) F32(len)
#define REC_FIELDS_kvm_msr(F64, F32, S64, S32, BYTES)                                            \
	F64(value) F32(msr) F32(is_write) F32(is_fault) F32(reserved)
#define REC_FIELDS_kvm_cpuid(F64, F32, S64, S32, BYTES)                                          \
	F64(rax) F64(rbx) F64(rcx) F64(rdx) F32(leaf) F32(subleaf) F32(is_found) F32(reserved)
#define REC_FIELDS_kvm_page_fault(F64, F32, S64, S32, BYTES)                                     \
	F64(rip) F64(address) F64(error_code)
#define REC_FIELDS_kvm_cr(F64, F32, S64, S32, BYTES)                                             \
	F64(value) F32(cr) F32(is_write)
#define REC_FIELDS_kvm_hypercall(F64, F32, S64, S32, BYTES)                                      \
	F64(nr) F64(a0) F64(a1) F64(a2) F64(a3)
#define REC_FIELDS_process_fork(F64, F32, S64, S32, BYTES)                                       \
	F32(child_tid) F32(child_tgid)
#define REC_FIELDS_process_exec(F64, F32, S64, S32, BYTES)                                       \
	F32(comm_sz) F32(is_stopped) BYTES(comm, REC_COMM_MAX)
#define REC_FIELDS_process_exit(F64, F32, S64, S32, BYTES)                                       \
	F32(wait_status) F32(comm_sz) BYTES(comm, REC_COMM_MAX)
#define REC_FIELDS_vcpu_counter(F64, F32, S64, S32, BYTES)                                       \
	F64(vm) F64(exits) F32(vcpu_id) F32(is_alive)
#define REC_FIELDS_vcpu_base(F64, F32, S64, S32, BYTES)                                          \
	F64(vm) F64(exits) F32(vcpu_id) F32(reserved)
#define REC_FIELDS_kvm_inject(F64, F32, S64, S32, BYTES)                                         \
	F32(type) F32(vector) F32(error_code) F32(inject_flags)
#define REC_FIELDS_kvm_apic(F64, F32, S64, S32, BYTES)                                           \
	F64(value) F32(reg) F32(is_write)
#define REC_FIELDS_kvm_apic_ipi(F64, F32, S64, S32, BYTES)                                       \
	F32(icr_low) F32(dest_id)
#define REC_FIELDS_kvm_apic_accept_irq(F64, F32, S64, S32, BYTES)                                \
	F32(apic_id) F32(mode) F32(is_level) F32(vector)
#define REC_FIELDS_kvm_eoi(F64, F32, S64, S32, BYTES)                                            \
	F32(apic_id) S32(vector)
#define REC_FIELDS_kvm_vcpu_wakeup(F64, F32, S64, S32, BYTES)                                    \
	F64(waited_ns) F32(is_blocked) F32(is_poll_valid)
#define REC_FIELDS_kvm_halt_poll_ns(F64, F32, S64, S32, BYTES)                                   \
	F32(new_ns) F32(old_ns)
#define REC_FIELDS_kvm_fast_mmio(F64, F32, S64, S32, BYTES)                                      \
	F64(gpa)
#define REC_FIELDS_kvm_ple_window(F64, F32, S64, S32, BYTES)                                     \
	F32(new_cycles) F32(old_cycles)
#define REC_FIELDS_kvm_set_irq(F64, F32, S64, S32, BYTES)                                        \
	F32(gsi) S32(level)
#define REC_FIELDS_kvm_answer(F64, F32, S64, S32, BYTES)                                         \
	F64(index) F64(value) F32(reason) F32(error)
#define REC_FIELDS_off_cpu(F64, F32, S64, S32, BYTES)                                            \
	F64(out_ns) F64(woken_ns) F32(state) F32(is_preempted) F32(next_tid) F32(waker_tid)      \
	F32(next_comm_sz) F32(waker_comm_sz) BYTES(next_comm, REC_COMM_MAX)                      \
	BYTES(waker_comm, REC_COMM_MAX)
#define REC_FIELDS_ioctl_more(F64, F32, S64, S32, BYTES)                                         \
	F32(cmd) F32(offset) F32(data_sz) F32(reserved) BYTES(data, REC_IOCTL_MORE_MAX)
#define REC_FIELDS_lost(F64, F32, S64, S32, BYTES)                                               \
	F64(count) F32(cause) F32(reserved)
/* clang-format on */

#define REC_KIND_ROW(number, name, text) REC_##name = number,
enum rec_kind { KVMTREE_RECORDS(REC_KIND_ROW) REC_KIND_END };
#undef REC_KIND_ROW

#define REC_F64(name)		__u64 name;
#define REC_F32(name)		__u32 name;
#define REC_S64(name)		__s64 name;
#define REC_S32(name)		__s32 name;
#define REC_BYTES(name, cap)	unsigned char name[cap];
#define REC_STRUCT_ROW(number, rec, text)                                                        \
	struct rec_##rec {                                                                       \
		struct rec_header header;                                                        \
		REC_FIELDS_##rec(REC_F64, REC_F32, REC_S64, REC_S32, REC_BYTES)                  \
	};
KVMTREE_RECORDS(REC_STRUCT_ROW)
#undef REC_STRUCT_ROW

/* A struct without holes is as large as the sum of its fields. */
#define REC_SZ8(name)		+8
#define REC_SZ4(name)		+4
#define REC_SZN(name, cap)	+(cap)
#define REC_ASSERT_ROW(number, rec, text)                                                        \
	_Static_assert(sizeof(struct rec_##rec) ==                                               \
			       sizeof(struct rec_header)                                         \
					       REC_FIELDS_##rec(REC_SZ8, REC_SZ4, REC_SZ8,       \
								REC_SZ4, REC_SZN),               \
		       "a hole in struct rec_" #rec);                                            \
	_Static_assert(sizeof(struct rec_##rec) % 8 == 0, "rec_" #rec " is not whole words");
KVMTREE_RECORDS(REC_ASSERT_ROW)
#undef REC_ASSERT_ROW
#undef REC_F64
#undef REC_F32
#undef REC_S64
#undef REC_S32
#undef REC_BYTES
#undef REC_SZ8
#undef REC_SZ4
#undef REC_SZN

_Static_assert(sizeof(struct rec_header) == 32, "rec_header is 32 bytes in every trace");

#endif
