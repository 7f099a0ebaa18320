/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tree --legend: what signs, letters and colours mean. */
#include "trace-viewer/tree_legend.h"

static const struct {
	enum glyph glyph;
	const char *before, *after; /* around the glyph */
	const char *means;
} signs[] = {
	{ GLYPH_GUEST, "", " guest", "VM entry: the guest runs, from this rip, until the exit below it" },
	{ GLYPH_EXIT, "", " io", "VM exit, by the vendor's name, and what caused it; its time is KVM's, up to the next entry" },
	{ GLYPH_WROTE, "out 0x3f8 ", " 'H'", "what the guest wrote" },
	{ GLYPH_ARROW, "in 0x3fd ", " 0x60", "what it read: the answer comes with the next KVM_RUN" },
	{ GLYPH_TIMES, "5 ", " [ ... ]", "a sequence that repeats, folded: its time is all of them, `each` is one time round" },
	{ GLYPH_TIMES, "n", "( ... )", "in a fold: a sequence that itself repeats, each time differently often" },
	{ GLYPH_DOTS, "", " inlined here", "inferred: the compiler put the function into its caller on this kernel, so nothing could be traced" },
	{ GLYPH_AT_LEAST, "", "1.2 ms", "at least: records were lost meanwhile, or the end was not seen; of a fold, its count, too" },
	{ GLYPH_NOTE, "", " waited 1 ms", "what KVM does meanwhile: interrupts and waits" },
	{ GLYPH_EXIT, "", " hlt, blocked", "its thread was off its CPU: it waited (blocked), or others were to run (preempted)" },
	{ GLYPH_LOST, "", " 12 records", "records were lost here" },
	{ GLYPH_END, "", " VM 1", "how the VM ended" },
};

static const struct {
	const char *layer, *means;
	enum style style;
} layers[] = {
	{ "vmm", "functions of the VMM, in user space", STYLE_VMM },
	{ "ioctl", "what the VMM asks of KVM", STYLE_IOCTL },
	{ "kvm", "functions of KVM that all processors share", STYLE_KVM },
	{ "vendor", "functions of kvm_intel or kvm_amd", STYLE_VENDOR },
	{ "guest", "the guest's own instructions", STYLE_GUEST },
	{ "exit", "VM exits", STYLE_EXIT },
};

#define LEFT 20

static void row_print(const struct output *out, enum style style, const struct text *left,
		      const char *means)
{
	size_t width = out->width - LEFT;
	struct text t;

	output_put(out, style, left->at);
	text_clear(&t);
	text_pad(&t, LEFT - text_cells(left->at));
	while (*means) {
		const char *rest;
		size_t n = text_break(means, width, &rest);

		output_put(out, STYLE_PLAIN, t.at);
		text_clear(&t);
		text_add(&t, "%.*s\n", (int)n, means);
		output_put(out, STYLE_PLAIN, t.at);
		text_clear(&t);
		text_pad(&t, LEFT);
		means = rest;
	}
}

void tree_legend_print(const struct output *out)
{
	struct text left;

	output_put(out, STYLE_HEAD, "\nSigns\n");
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const char *sign = glyph(out->is_ascii, signs[i].glyph);

		text_clear(&left);
		text_add(&left, "  %s%s%s", signs[i].before, sign, signs[i].after);
		row_print(out, STYLE_PLAIN, &left, signs[i].means);
	}
	output_put(out, STYLE_HEAD, out->has_colour ? "Layers, in their colours\n" : "Layers\n");
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		text_clear(&left);
		text_add(&left, "  %s", layers[i].layer);
		row_print(out, layers[i].style, &left, layers[i].means);
	}
	output_put(out, STYLE_HEAD, "How a line is known\n");
	text_clear(&left);
	text_add(&left, "  f k u t i");
	row_print(out, STYLE_PLAIN, &left, "by fentry, by kprobe, by uprobe, by a tracepoint, inferred");
}
