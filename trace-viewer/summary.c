/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Head and notes: what was recorded, how completely. */
#include "trace-viewer/summary.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static void add_counted(struct text *t, uint64_t cnt, const char *noun)
{
	text_add_count(t, cnt);
	text_add(t, " %s%s", noun, cnt == 1 ? "" : "s");
}

static void add_coverage(struct text *t, uint64_t traced, bool has_counter, uint64_t counter)
{
	unsigned long long permille;

	text_add(t, "coverage ");
	if (!has_counter) {
		text_add(t, "unknown");
		return;
	}
	if (traced == counter) {
		text_add(t, "100 %%");
		return;
	}
	/* never round up to 100 */
	permille = counter ? (unsigned long long)((double)traced / (double)counter * 1000) : 0;
	text_add(t, "%llu.%llu %% (", permille / 10, permille % 10);
	text_add_count(t, traced);
	text_add(t, " of ");
	text_add_count(t, counter);
	text_add(t, ")");
}

const char *summary_vendor(const struct model *model)
{
	static const struct { const char *key, *name; } names[] = {
		{ "amd", "AMD SVM" }, { "svm", "AMD SVM" }, { "kvm_amd", "AMD SVM" },
		{ "intel", "Intel VMX" }, { "vmx", "Intel VMX" }, { "kvm_intel", "Intel VMX" },
	};
	const char *vendor = model_meta(model, "vendor");

	for (size_t i = 0; vendor && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(vendor, names[i].key))
			return names[i].name;
	return vendor ? vendor : "unknown vendor";
}

static bool model_counter(const struct model *model, uint64_t *counter)
{
	uint64_t one;

	*counter = 0;
	for (uint32_t i = 1; i <= model->vm_cnt; i++) {
		if (!model->vms[i]->vcpu_cnt)
			continue;
		if (!vm_counter(model->vms[i], &one))
			return false;
		*counter += one;
	}
	return *counter > 0 || model->vm_cnt > 0;
}

static void print_note(const struct output *out, const char *text)
{
	const char *lead = "note: ";
	struct text t;

	while (*text) {
		const char *rest;
		size_t n = text_break(text, out->width - strlen(lead), &rest);

		text_clear(&t);
		text_add(&t, "%s%.*s", lead, (int)n, text);
		output_put(out, STYLE_BAD, t.at);
		output_put(out, STYLE_PLAIN, "\n");
		lead = "      ";
		text = rest;
	}
}

/* A number that a recording says of itself; 0: it says none, or no number. */
static uint64_t meta_number(const struct model *model, const char *key)
{
	const char *value = model_meta(model, key);

	return value && *value >= '0' && *value <= '9' ? strtoull(value, NULL, 10) : 0;
}

/* What is not in the recording because somebody wished so. */
static void print_choice(const struct output *out, const struct model *model)
{
	const char *vm = model_meta(model, "only_vm"), *vcpus = model_meta(model, "only_vcpus");
	uint64_t let_go = meta_number(model, "let_go_records");
	const char *stopped = model_meta(model, "stopped_after");
	const bool are_many = vcpus && strpbrk(vcpus, ",-");
	struct text t;

	text_clear(&t);
	if (vm || vcpus)
		text_add(&t, "only %s%s%s%s%s %s recorded",
			 !vcpus ? "" : are_many ? "vCPUs " : "vCPU ", vcpus ? vcpus : "",
			 vm && vcpus ? " of " : "", vm ? "VM " : "", vm ? vm : "",
			 are_many ? "were" : "was");
	if (t.sz)
		print_note(out, t.at);
	text_clear(&t);
	if (let_go) {
		text_add_count(&t, let_go);
		text_add(&t, " records before this, with ");
		text_add_count(&t, meta_number(model, "let_go_exits"));
		text_add(&t, " exits, were let go by --ring");
		print_note(out, t.at);
	}
	text_clear(&t);
	if (stopped) {
		text_add(&t, "the recording was stopped after %s", stopped);
		print_note(out, t.at);
	}
}

void summary_print_head(const struct output *out, const struct model *model)
{
	const char *command = model_meta(model, "command"), *kernel = model_meta(model, "kernel");
	uint64_t counter, vcpu_cnt = 0;
	bool has_counter = model_counter(model, &counter);
	size_t has;
	struct text t;

	for (uint32_t i = 1; i <= model->vm_cnt; i++)
		vcpu_cnt += model->vms[i]->vcpu_cnt;
	text_clear(&t);
	text_add(&t, "%s", command ? command : "(no command)");
	text_fit(&t, out->width / 3, out->is_ascii);
	output_put(out, STYLE_HEAD, t.at);
	has = text_cells(t.at);
	text_clear(&t);
	text_add(&t, "%s, Linux %s, ", summary_vendor(model), kernel ? kernel : "?");
	add_counted(&t, model->vm_cnt, "VM");
	text_add(&t, ", ");
	add_counted(&t, vcpu_cnt, "vCPU");
	text_add(&t, ", ");
	add_counted(&t, model->exit_cnt, "exit");
	text_add(&t, ", ");
	text_add_count(&t, model->lost_cnt);
	text_add(&t, " lost, ");
	add_coverage(&t, model->exit_cnt - model->vms[0]->exit_cnt, has_counter, counter);
	if (has + 4 + text_cells(t.at) <= out->width) {
		output_put(out, STYLE_PLAIN, "    ");
		output_put(out, STYLE_PLAIN, t.at);
		output_put(out, STYLE_PLAIN, "\n");
	} else {
		output_put(out, STYLE_PLAIN, "\n");
		output_lines(out, STYLE_PLAIN, t.at);
	}
	print_choice(out, model);
}

void summary_print_vm(const struct output *out, const struct vm *vm)
{
	struct text t;
	uint64_t counter;

	text_clear(&t);
	if (vm->number)
		text_add(&t, "VM %u", vm->number);
	else
		text_add(&t, "outside any VM that was seen");
	output_put(out, STYLE_HEAD, t.at);
	text_clear(&t);
	text_add(&t, "  ");
	if (vm->comm[0])
		text_add(&t, "%s, ", vm->comm);
	if (vm->number)
		text_add(&t, "process %u, ", vm->tgid);
	add_counted(&t, vm->vcpu_cnt, "vCPU");
	text_add(&t, ", ");
	add_counted(&t, vm->exit_cnt, "exit");
	if (vm->number) {
		bool has_counter = vm_counter(vm, &counter);

		text_add(&t, ", ");
		add_coverage(&t, vm->exit_cnt, has_counter, counter);
		if (!vm->is_creation_seen)
			text_add(&t, "; it was there before the recording");
	}
	text_fit(&t, out->width - 8, out->is_ascii);
	output_put(out, STYLE_PLAIN, t.at);
	output_put(out, STYLE_PLAIN, "\n");
}

/* What made a vCPU stop for good, if that is what happened to it. */
static const char *last_word(int64_t user_reason)
{
	switch (user_reason) {
	case KVM_EXIT_SHUTDOWN:
		return "shut down: a triple fault";
	case KVM_EXIT_FAIL_ENTRY:
		return "could not be entered: its state is not valid";
	case KVM_EXIT_INTERNAL_ERROR:
		return "stopped: KVM could not emulate an instruction";
	case KVM_EXIT_SYSTEM_EVENT:
		return "asked for a reset or for power off";
	default:
		return NULL;
	}
}

static void add_process_end(struct text *t, const struct vm *vm)
{
	int status = (int)vm->wait_status;

	if (!vm->is_process_ended)
		text_add(t, "its process was still there when the recording ended");
	else if (WIFSIGNALED(status))
		text_add(t, "its process was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		text_add(t, "its process ended with status %d", WEXITSTATUS(status));
}

void summary_print_end(const struct output *out, const struct vm *vm)
{
	bool is_bad = vm->is_process_ended && WIFSIGNALED((int)vm->wait_status);
	unsigned int told_cnt = 0;
	struct text t;

	text_clear(&t);
	text_add(&t, "%s VM %u: ", glyph(out->is_ascii, GLYPH_END), vm->number);
	for (const struct vcpu *vcpu = vm->vcpus; vcpu && told_cnt < 4; vcpu = vcpu->next) {
		const char *why = last_word(vcpu->last_user_reason);

		if (!why)
			continue;
		text_add(&t, "vCPU %d %s; ", vcpu->id, why);
		is_bad = true;
		told_cnt++;
	}
	text_add(&t, "%s; ", vm->is_destroyed ? "it was destroyed" : "its end was not seen");
	add_process_end(&t, vm);
	text_fit(&t, out->width, out->is_ascii);
	output_put(out, is_bad ? STYLE_BAD : STYLE_HEAD, t.at);
	output_put(out, STYLE_PLAIN, "\n");
}

void summary_print_notes(const struct output *out, const struct model *model)
{
	const char *missed = model_meta(model, "missed");
	struct text t;

	if (model->ending.in_order && !model->gap_cnt && !model->unplaced_cnt &&
	    !model->ending.unknown_cnt && !model->lost_cnt && !missed)
		return;
	output_put(out, STYLE_PLAIN, "\n");
	for (uint32_t i = 0; i < MODEL_GAPS_MAX && model->gaps[i]; i++)
		print_note(out, model->gaps[i]);
	text_clear(&t);
	if (model->gap_cnt > MODEL_GAPS_MAX) {
		text_add_count(&t, model->gap_cnt - MODEL_GAPS_MAX);
		text_add(&t, " more gaps like these");
		print_note(out, t.at);
	}
	text_clear(&t);
	if (model->lost_cnt) {
		text_add_count(&t, model->lost_cnt);
		text_add(&t, " records were lost while recording; what is marked %sspans a loss",
			 glyph(out->is_ascii, GLYPH_AT_LEAST));
		print_note(out, t.at);
	}
	text_clear(&t);
	if (missed) {
		text_add(&t, "events that probes missed: %s", missed);
		text_make_safe(t.at);
		print_note(out, t.at);
	}
	text_clear(&t);
	if (model->unplaced_cnt) {
		text_add_count(&t, model->unplaced_cnt);
		text_add(&t, " records and frames went beyond what a tree can hold, ");
		text_add_count(&t, model->unplaced_exit_cnt);
		text_add(&t, " exits among them");
		print_note(out, t.at);
	}
	text_clear(&t);
	if (model->ending.unknown_cnt) {
		text_add_count(&t, model->ending.unknown_cnt);
		text_add(&t, " records are of kinds that this kvmtree does not know: a newer one does");
		print_note(out, t.at);
	}
	if (!model->ending.in_order) {
		text_clear(&t);
		text_add(&t, "the file %s", model->ending.text);
		print_note(out, t.at);
	}
}
