/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A fuzzer's bytes as a trace file. Those that begin as one does are one, with its checksums made
 * right; others are the records of one, after this program's schema and a few functions: so most
 * of a small input is of interest.
 */
#ifndef TESTS_FUZZ_TRACE_FILE_H
#define TESTS_FUZZ_TRACE_FILE_H

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/trace_mend.h"
#include "trace-viewer/record_codec.h"

/* Of each layer, and what the model looks for by concept: see tests/golden/hello_amd.script. */
static const char trace_file_funcs[] =
	"1\tioctl\tkvm\tkvm_dev_ioctl\tkvm_dev_ioctl\tfentry\t-\t-\t-\t-\n"
	"2\tioctl\tkvm\tkvm_vm_ioctl\tkvm_vm_ioctl\tfentry\t-\t-\t-\t-\n"
	"3\tioctl\tkvm\tkvm_vcpu_ioctl\tkvm_vcpu_ioctl\tfentry\t-\t-\t-\t-\n"
	"4\tkvm\tkvm\tkvm_arch_vcpu_ioctl_run\tkvm_arch_vcpu_ioctl_run\tfentry\tioctl:KVM_RUN\tvcpu\t-\tint\n"
	"5\tvendor\tkvm_amd\tsvm_vcpu_run\tvendor_vcpu_run\tfentry\tconcept:vcpu_enter_guest\tvcpu\t-\tint\n"
	"6\tvendor\tkvm_amd\tsvm_handle_exit\tvendor_handle_exit\tfentry\tconcept:vcpu_enter_guest\tvcpu\t-\tint\n"
	"18\tvmm\tvmm\tvcpu_run\tvcpu_run\tuprobe\t-\tvcpu\t-\tint\n"
	"20\tvmm\tvmm\tvcpu_enter\tvcpu_enter\tuprobe\t-\tvcpu\t-\tint\n"
	"21\tvmm\tvmm\thandle_io\thandle_io\tuprobe\t-\tvcpu\t-\tint\n"
	"22\tvmm\tvmm\tserial_out\tserial_out\tuprobe\t-\tdevice\t-\tvoid\n"
	"40\tkvm\tkvm\tkvm_dev_ioctl_create_vm\tkvm_dev_ioctl_create_vm\tinlined\tioctl:KVM_CREATE_VM\ttype\t-\tint\n"
	"41\tkvm\tkvm\tkvm_create_vm\tkvm_create_vm\tfentry\tconcept:kvm_dev_ioctl_create_vm\ttype\t-\tpointer\n"
	"42\tkvm\tkvm\tkvm_arch_init_vm\tkvm_arch_init_vm\tfentry\tconcept:kvm_create_vm\tkvm,type\t-\tint\n"
	"61\tkvm\tkvm\tkvm_destroy_vm\tkvm_destroy_vm\tfentry\t-\tkvm\t-\tvoid\n"
	"63\tvendor\tkvm_amd\tavic_vm_init\tavic_vm_init\tmissing\tconcept:vm_init\tkvm\tno such symbol\tint\n";

static inline uint8_t *trace_file_chunk(uint8_t *to, enum trace_chunk_type type, const void *payload,
					size_t payload_sz)
{
	const struct trace_chunk_header chunk = {
		.magic = TRACE_CHUNK_MAGIC, .type = (uint16_t)type, .flags = TRACE_CHUNK_STORED,
		.stored_sz = (uint32_t)payload_sz, .time_first_ns = 1000000,
	};

	memcpy(to, &chunk, sizeof(chunk));
	memcpy(to + sizeof(chunk), payload, payload_sz);
	return to + sizeof(chunk) + payload_sz;
}

/* For the caller to free; exactly as large as the file, so that a sanitizer sees what is beyond. */
static inline uint8_t *trace_file(const uint8_t *data, size_t size, size_t *file_sz)
{
	const char *schema = record_schema_text();
	const bool is_whole = size >= TRACE_MAGIC_SZ && !memcmp(data, TRACE_MAGIC, TRACE_MAGIC_SZ);
	uint8_t *bytes, *at;

	*file_sz = is_whole ? size : sizeof(struct trace_file_header) + strlen(schema) +
		   strlen(trace_file_funcs) + size + 3 * sizeof(struct trace_chunk_header);
	bytes = at = calloc(1, *file_sz);
	if (is_whole) {
		memcpy(bytes, data, size);
	} else {
		at += sizeof(struct trace_file_header);
		at = trace_file_chunk(at, TRACE_CHUNK_SCHEMA, schema, strlen(schema));
		at = trace_file_chunk(at, TRACE_CHUNK_FUNCS, trace_file_funcs, strlen(trace_file_funcs));
		trace_file_chunk(at, TRACE_CHUNK_EVENTS, data, size);
	}
	checksums_mend(bytes, *file_sz);
	return bytes;
}

#endif
