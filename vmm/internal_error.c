/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the words for what KVM could not go on with. What its data are is no promise of the kernel's
 * but for the instruction: they are as arch/x86/kvm writes them, x86.c
 * (prepare_emulation_failure_exit), vmx/vmx.c (__vmx_handle_exit), svm/svm.c.
 */
#include <inttypes.h>
#include <stdio.h>

#include "vmm/internal_error.h"

static const struct {
	uint32_t suberror;
	const char *sentence, *data;
} errors[] = {
	{KVM_INTERNAL_ERROR_EMULATION, "KVM cannot emulate the instruction, or not fetch it",
	 "flags, instruction if they say so, exit reason, two of exit information, event, error "
	 "code"},
	{KVM_INTERNAL_ERROR_SIMUL_EX, "two exceptions at once that KVM cannot merge",
	 "event being delivered, exception, error code"},
	{KVM_INTERNAL_ERROR_DELIVERY_EV, "an exit while an event was being delivered",
	 "event, exit reason, exit qualification, guest-physical address if it is about one, CPU"},
	{KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
	 "the processor gave an exit reason that KVM does not know", "exit reason, CPU"},
};

#define ERROR_CNT (sizeof(errors) / sizeof(errors[0]))
#define DATA_ROOM (sizeof(((struct kvm_run *)0)->internal.data) / sizeof(uint64_t))

/* snprintf() at the end of text, of which len bytes are taken. Returns how many are then. */
#define APPEND(text, text_sz, len, ...)                                                            \
	((len) < (text_sz)                                                                         \
		 ? (len) + (size_t)snprintf((text) + (len), (text_sz) - (len), __VA_ARGS__)        \
		 : (len))

static size_t append_instruction(const struct kvm_run *run, char *text, size_t text_sz, size_t len)
{
	uint8_t size = run->emulation_failure.insn_size;

	len = APPEND(text, text_sz, len, "; instruction:");
	for (uint8_t i = 0; i < size && i < sizeof(run->emulation_failure.insn_bytes); i++)
		len = APPEND(text, text_sz, len, " %02x", run->emulation_failure.insn_bytes[i]);
	return len;
}

const char *internal_error_text(const struct kvm_run *run, char *text, size_t text_sz)
{
	uint32_t cnt = run->internal.ndata < DATA_ROOM ? run->internal.ndata : DATA_ROOM;
	const char *sentence = "newer than this program", *data = "unknown";
	size_t len;

	for (size_t i = 0; i < ERROR_CNT; i++)
		if (errors[i].suberror == run->internal.suberror)
			sentence = errors[i].sentence, data = errors[i].data;
	len = APPEND(text, text_sz, 0, "%u: %s", run->internal.suberror, sentence);
	/* The flags are the first of the data, and the instruction the next two. */
	if (run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION && cnt >= 3 &&
	    (run->emulation_failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES))
		len = append_instruction(run, text, text_sz, len);
	if (cnt)
		len = APPEND(text, text_sz, len, "; data (%s):", data);
	for (uint32_t i = 0; i < cnt; i++)
		len = APPEND(text, text_sz, len, " 0x%" PRIx64, (uint64_t)run->internal.data[i]);
	return text;
}
