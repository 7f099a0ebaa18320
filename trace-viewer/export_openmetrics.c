/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree export --format openmetrics: the exit mix in OpenMetrics 1.0, for Prometheus and its like. */
#include <inttypes.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/export.h"

/* Backslash, quote and line feed are all that a label's value has to escape. */
static void put_label(FILE *file, const char *key, const char *value)
{
	fprintf(file, "%s=\"", key);
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			putc('\\', file);
		if (*value == '\n')
			fputs("\\n", file);
		else
			putc(*value, file);
	}
	putc('"', file);
}

static void put_seconds(FILE *file, uint64_t ns)
{
	fprintf(file, " %" PRIu64 ".%09u\n", ns / 1000000000, (unsigned int)(ns % 1000000000));
}

static void put_row_labels(FILE *file, const struct vm *vm, const struct vcpu *vcpu,
			   const struct mix_row *row)
{
	struct text name;

	text_clear(&name);
	if (row->isa)
		exit_add_name(&name, row->isa, row->reason);
	else
		text_add(&name, "others");
	fprintf(file, "{vm=\"%" PRIu32 "\",vcpu=\"%" PRId32 "\",isa=\"%s\",", vm->number, vcpu->id,
		export_isa(row->isa));
	put_label(file, "reason", name.at);
}

typedef void row_fn(FILE *file, const struct vm *vm, const struct vcpu *vcpu, const struct mix_row *row);

static void put_count(FILE *file, const struct vm *vm, const struct vcpu *vcpu, const struct mix_row *row)
{
	fputs("kvmtree_exits_total", file);
	put_row_labels(file, vm, vcpu, row);
	fprintf(file, "} %" PRIu64 "\n", row->costs.cnt + row->open_cnt);
}

static void put_user(FILE *file, const struct vm *vm, const struct vcpu *vcpu, const struct mix_row *row)
{
	fputs("kvmtree_user_exits_total", file);
	put_row_labels(file, vm, vcpu, row);
	fprintf(file, "} %" PRIu64 "\n", row->user_cnt);
}

static void put_time(FILE *file, const struct vm *vm, const struct vcpu *vcpu, const struct mix_row *row)
{
	fputs("kvmtree_exit_seconds_total", file);
	put_row_labels(file, vm, vcpu, row);
	fputs(",where=\"kernel\"}", file);
	put_seconds(file, row->kernel_ns);
	fputs("kvmtree_exit_seconds_total", file);
	put_row_labels(file, vm, vcpu, row);
	fputs(",where=\"user\"}", file);
	put_seconds(file, row->user_ns);
}

static void put_cost(FILE *file, const struct vm *vm, const struct vcpu *vcpu, const struct mix_row *row)
{
	static const struct {
		unsigned int percent;
		const char *quantile;
	} quantiles[] = { { 50, "0.5" }, { 90, "0.9" }, { 99, "0.99" } };

	if (!row->costs.cnt)
		return;
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		fputs("kvmtree_exit_cost_seconds", file);
		put_row_labels(file, vm, vcpu, row);
		fprintf(file, ",quantile=\"%s\"}", quantiles[i].quantile);
		put_seconds(file, hist_percentile(&row->costs, quantiles[i].percent));
	}
	fputs("kvmtree_exit_cost_seconds_count", file);
	put_row_labels(file, vm, vcpu, row);
	fprintf(file, "} %" PRIu64 "\n", row->costs.cnt);
	fputs("kvmtree_exit_cost_seconds_sum", file);
	put_row_labels(file, vm, vcpu, row);
	putc('}', file);
	put_seconds(file, row->costs.sum);
}

static void each_row(FILE *file, const struct model *model, row_fn *fn)
{
	for (uint32_t i = 0; i <= model->vm_cnt; i++) {
		const struct vm *vm = model->vms[i];

		for (const struct vcpu *vcpu = vm ? vm->vcpus : NULL; vcpu; vcpu = vcpu->next)
			for (const struct mix_row *row = vcpu->rows; row; row = row->next)
				fn(file, vm, vcpu, row);
	}
}

static void put_guest(FILE *file, const struct model *model)
{
	for (uint32_t i = 0; i <= model->vm_cnt; i++) {
		const struct vm *vm = model->vms[i];

		for (const struct vcpu *vcpu = vm ? vm->vcpus : NULL; vcpu; vcpu = vcpu->next) {
			fprintf(file, "kvmtree_guest_seconds_total{vm=\"%" PRIu32 "\",vcpu=\"%" PRId32 "\"}",
				vm->number, vcpu->id);
			put_seconds(file, vcpu->guest_ns);
		}
	}
}

static void put_family(FILE *file, const char *name, const char *type, const char *help)
{
	fprintf(file, "# TYPE kvmtree_%s %s\n# HELP kvmtree_%s %s\n", name, type, name, help);
}

static void put_info(FILE *file, const struct model *model)
{
	static const char *const keys[] = { "command", "kernel", "vendor" };

	put_family(file, "recording", "info", "What was recorded.");
	fputs("kvmtree_recording_info{", file);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = model_meta(model, keys[i]);

		fputs(i ? "," : "", file);
		put_label(file, keys[i], value ? value : "");
	}
	fputs("} 1\n", file);
}

static void end(struct export *e, const struct model *model)
{
	FILE *file = e->file;

	put_info(file, model);
	put_family(file, "exits", "counter", "VM exits.");
	each_row(file, model, put_count);
	put_family(file, "user_exits", "counter", "VM exits for which KVM_RUN returned to the VMM.");
	each_row(file, model, put_user);
	put_family(file, "exit_seconds", "counter", "From VM exit to the next VM entry, in the kernel and in the VMM.");
	each_row(file, model, put_time);
	put_family(file, "exit_cost_seconds", "summary", "From VM exit to the next VM entry.");
	each_row(file, model, put_cost);
	put_family(file, "guest_seconds", "counter", "Time in the guest.");
	put_guest(file, model);
	put_family(file, "lost_records", "counter", "Records that could not be written while recording.");
	fprintf(file, "kvmtree_lost_records_total %" PRIu64 "\n# EOF\n", model->lost_cnt);
}

const struct export_format export_openmetrics = {
	.name = "openmetrics",
	.end = end,
};
