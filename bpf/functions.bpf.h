/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The patterns for functions: never attached themselves. The recorder loads a copy per function,
 * with the function's id where FUNC_ID_MARK stands (control.h).
 */
#ifndef KVMTREE_FUNCTIONS_BPF_H
#define KVMTREE_FUNCTIONS_BPF_H

#include "bpf/choice.bpf.h"

static __always_inline void func_enter_emit(u64 pid_tgid, u32 func, u64 arg0, u64 arg1, u64 arg2,
					    u32 arg_cnt, u64 sp)
{
	struct rec_func_enter *rec = EMIT_RESERVE(func_enter, pid_tgid);

	if (!rec)
		return;
	rec->arg0 = arg0;
	rec->arg1 = arg1;
	rec->arg2 = arg2;
	rec->func = func;
	rec->arg_cnt = arg_cnt;
	rec->sp = sp;
	emit(rec);
}

static __always_inline void func_exit_emit(u64 pid_tgid, u32 func, s64 result, u64 sp)
{
	struct rec_func_exit *rec = EMIT_RESERVE(func_exit, pid_tgid);

	if (!rec)
		return;
	rec->result = result;
	rec->func = func;
	rec->reserved = 0;
	rec->sp = sp;
	emit(rec);
}

SEC("fentry")
int fentry_func(u64 *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 arg0 = 0, arg1 = 0, arg2 = 0;

	if (!is_recorded(pid_tgid))
		return 0;
	bpf_get_func_arg(ctx, 0, &arg0);
	bpf_get_func_arg(ctx, 1, &arg1);
	bpf_get_func_arg(ctx, 2, &arg2);
	func_enter_emit(pid_tgid, FUNC_ID_MARK, arg0, arg1, arg2, bpf_get_func_arg_cnt(ctx), 0);
	return 0;
}

SEC("fexit")
int fexit_func(u64 *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 result = 0;

	if (!is_recorded(pid_tgid))
		return 0;
	bpf_get_func_ret(ctx, &result);
	func_exit_emit(pid_tgid, FUNC_ID_MARK, result, 0);
	return 0;
}

/*
 * For a function of user space: where its return address lies. The lowest bit says that a return
 * probe's own address is there: then whoever was called there before goes on, and has jumped here at
 * its end. 0 in the kernel.
 */
static __always_inline u64 user_sp(struct pt_regs *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 sp = PT_REGS_SP(ctx), target = 0;

	if ((ctx->cs & 3) != 3)
		return 0;
	if (!bpf_core_type_exists(struct xol_area))
		return sp;
	bpf_probe_read_user(&target, sizeof(target), (void *)sp);
	return sp | (target && target == BPF_CORE_READ(task, mm, uprobes_state.xol_area, vaddr));
}

/* For kprobes and uprobes alike. What the registers hold beyond the function's arguments is noise. */
SEC("kprobe")
int probe_func(struct pt_regs *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();

	if (is_traced(pid_tgid) && is_heard(pid_tgid))
		func_enter_emit(pid_tgid, FUNC_ID_MARK, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx),
				PT_REGS_PARM3(ctx), 3, user_sp(ctx));
	return 0;
}

/* In user space the return address, where the function's stack began, has been popped. */
SEC("kretprobe")
int retprobe_func(struct pt_regs *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();

	if (is_traced(pid_tgid) && is_heard(pid_tgid))
		func_exit_emit(pid_tgid, FUNC_ID_MARK, PT_REGS_RC(ctx),
			       (ctx->cs & 3) == 3 ? PT_REGS_SP(ctx) - 8 : 0);
	return 0;
}

/* One for all functions: the kernel says which it is by the cookie that it was given with it. */
#define COOKIE_PROGRAMS(kind, entry, end)                                                        \
	SEC("kprobe" kind)                                                                       \
	int entry(struct pt_regs *ctx)                                                           \
	{                                                                                        \
		u64 pid_tgid = bpf_get_current_pid_tgid();                                       \
											 \
		if (is_traced(pid_tgid) && is_heard(pid_tgid))                                   \
			func_enter_emit(pid_tgid, bpf_get_attach_cookie(ctx),                    \
					PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx),                  \
					PT_REGS_PARM3(ctx), 3, 0);                               \
		return 0;                                                                        \
	}                                                                                        \
	SEC("kretprobe" kind)                                                                    \
	int end(struct pt_regs *ctx)                                                             \
	{                                                                                        \
		u64 pid_tgid = bpf_get_current_pid_tgid();                                       \
											 \
		if (is_traced(pid_tgid) && is_heard(pid_tgid))                                   \
			func_exit_emit(pid_tgid, bpf_get_attach_cookie(ctx),                     \
				       PT_REGS_RC(ctx), 0);                                      \
		return 0;                                                                        \
	}

COOKIE_PROGRAMS(".multi", multi_func, retmulti_func)
COOKIE_PROGRAMS("", cookie_func, retcookie_func)

#endif
