/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The forms of `kvmtree live` without a screen. docs/live.md describes them. */
#include "bpf/live_format.h"

#include <inttypes.h>
#include <string.h>

#include "bpf/records.h"

static const char *isa_name(uint32_t isa)
{
	return isa == REC_ISA_VMX ? "vmx" : isa == REC_ISA_SVM ? "svm" : "unknown";
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* --- for people ------------------------------------------------------------------ */

static void put_ns(FILE *file, uint64_t ns)
{
	struct text t;

	text_clear(&t);
	if (ns)
		text_add_ns(&t, ns, true);
	fprintf(file, " %9s", ns ? t.at : "-");
}

static void put_text(FILE *file, const struct live_look *look)
{
	const struct live_table *reasons = look->reasons;

	fprintf(file, "%-22s %10s %10s %7s %9s %9s %9s\n", "EXIT", "COUNT", "PER SECOND", "SHARE", "TOTAL",
		"P50", "P99");
	for (size_t i = 0; i < reasons->cnt; i++) {
		const struct live_line *line = &reasons->lines[i];

		if (!line->cnt)
			continue;
		fprintf(file, "%-22s %10" PRIu64 " %10.0f %5.1f %%", line->name.at, line->cnt,
			(double)line->cnt / reasons->seconds,
			(double)line->cnt * 100 / (double)reasons->sum_cnt);
		put_ns(file, line->ns);
		put_ns(file, live_percentile(line->buckets, 50));
		put_ns(file, live_percentile(line->buckets, 99));
		fputc('\n', file);
	}
	fprintf(file, "all %29" PRIu64 " %10.0f  in %.3f s; in the guest %.3f s\n", reasons->sum_cnt,
		(double)reasons->sum_cnt / reasons->seconds, reasons->seconds, seconds(reasons->sum_guest_ns));
	if (look->unplaced)
		fprintf(file, "note: %" PRIu64 " exits of more vCPUs than there is room for were not counted; "
			"more room: --vcpus\n", look->unplaced);
}

/* --- JSON: a line for each look ----------------------------------------------------- */

/* A string as JSON has it; names are made printable when they are taken in. */
static void put_json_string(FILE *file, const char *s)
{
	fputc('"', file);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', file);
		fputc(*s, file);
	}
	fputc('"', file);
}

static void put_json_exit(FILE *file, const struct live_line *line)
{
	fprintf(file, "{\"vm\":\"0x%" PRIx64 "\",\"pid\":%u,\"command\":", line->vm, line->tgid);
	put_json_string(file, line->comm);
	fprintf(file, ",\"vcpu\":%d,\"thread\":%u,\"isa\":\"%s\",\"reason\":", line->vcpu_id, line->tid,
		isa_name(line->isa));
	put_json_string(file, line->name.at);
	fprintf(file, ",\"count\":%" PRIu64 ",\"total\":%" PRIu64 ",\"ns\":%" PRIu64 ",\"p50_ns\":%" PRIu64
		",\"p90_ns\":%" PRIu64 ",\"p99_ns\":%" PRIu64 "}",
		line->cnt, line->total, line->ns, live_percentile(line->buckets, 50),
		live_percentile(line->buckets, 90), live_percentile(line->buckets, 99));
}

static void put_json(FILE *file, const struct live_look *look)
{
	const char *comma = "";

	fprintf(file, "{\"time_ns\":%" PRIu64 ",\"seconds\":%.6f,\"exits\":%" PRIu64 ",\"guest_ns\":%" PRIu64
		",\"not_counted\":%" PRIu64 ",\"rows\":[", look->time_ns, look->rows->seconds,
		look->rows->sum_cnt, look->rows->sum_guest_ns, look->unplaced);
	for (size_t i = 0; i < look->rows->cnt; i++) {
		fputs(comma, file);
		put_json_exit(file, &look->rows->lines[i]);
		comma = ",";
	}
	fputs("]}\n", file);
}

/* --- CSV ---------------------------------------------------------------------------------- */

static void put_csv_string(FILE *file, const char *s)
{
	fputc('"', file);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', file);
		fputc(*s, file);
	}
	fputc('"', file);
}

static void put_csv(FILE *file, const struct live_look *look)
{
	if (look->has_head)
		fputs("time_ns,seconds,vm,pid,command,vcpu,thread,isa,reason,count,total,ns,p50_ns,p90_ns,p99_ns\n",
		      file);
	for (size_t i = 0; i < look->rows->cnt; i++) {
		const struct live_line *line = &look->rows->lines[i];

		fprintf(file, "%" PRIu64 ",%.6f,0x%" PRIx64 ",%u,", look->time_ns, look->rows->seconds,
			line->vm, line->tgid);
		put_csv_string(file, line->comm);
		fprintf(file, ",%d,%u,%s,", line->vcpu_id, line->tid, isa_name(line->isa));
		put_csv_string(file, line->name.at);
		fprintf(file, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
			line->cnt, line->total, line->ns, live_percentile(line->buckets, 50),
			live_percentile(line->buckets, 90), live_percentile(line->buckets, 99));
	}
}

/* --- OpenMetrics ----------------------------------------------------------------------------- */

static void put_label_value(FILE *file, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', file);
		fputc(*s, file);
	}
}

static void put_labels(FILE *file, const struct live_line *line, bool has_reason)
{
	fprintf(file, "{pid=\"%u\",command=\"", line->tgid);
	put_label_value(file, line->comm);
	fprintf(file, "\",vm=\"0x%" PRIx64 "\",vcpu=\"%d\",thread=\"%u\"", line->vm, line->vcpu_id, line->tid);
	if (has_reason) {
		fprintf(file, ",isa=\"%s\",reason=\"", isa_name(line->isa));
		put_label_value(file, line->name.at);
		fputc('"', file);
	}
}

/* The buckets by octave: a quarter of an octave is more than a fleet wants to store. */
static void put_histogram(FILE *file, const struct live_line *line)
{
	uint64_t seen = 0;

	for (unsigned int i = 0; i < LIVE_BUCKET_CNT; i++) {
		seen += line->total_buckets[i];
		if (i % 4 != 3 || i + 1 == LIVE_BUCKET_CNT)
			continue;
		fputs("kvmtree_exit_seconds_bucket", file);
		put_labels(file, line, true);
		fprintf(file, ",le=\"%.9g\"} %" PRIu64 "\n", seconds(live_bucket_end(i)), seen);
	}
	fputs("kvmtree_exit_seconds_bucket", file);
	put_labels(file, line, true);
	fprintf(file, ",le=\"+Inf\"} %" PRIu64 "\nkvmtree_exit_seconds_count", seen);
	put_labels(file, line, true);
	fprintf(file, "} %" PRIu64 "\nkvmtree_exit_seconds_sum", seen);
	put_labels(file, line, true);
	fprintf(file, "} %.9f\n", seconds(line->total_ns));
}

static void put_openmetrics(FILE *file, const struct live_look *look)
{
	fputs("# TYPE kvmtree_exits counter\n# HELP kvmtree_exits VM exits since counting began.\n", file);
	for (size_t i = 0; i < look->rows->cnt; i++) {
		fputs("kvmtree_exits_total", file);
		put_labels(file, &look->rows->lines[i], true);
		fprintf(file, "} %" PRIu64 "\n", look->rows->lines[i].total);
	}
	fputs("# TYPE kvmtree_exit_seconds histogram\n# UNIT kvmtree_exit_seconds seconds\n"
	      "# HELP kvmtree_exit_seconds Time from a VM exit to the next VM entry.\n", file);
	for (size_t i = 0; i < look->rows->cnt; i++)
		put_histogram(file, &look->rows->lines[i]);
	fputs("# TYPE kvmtree_guest_seconds counter\n# UNIT kvmtree_guest_seconds seconds\n"
	      "# HELP kvmtree_guest_seconds Time that a vCPU ran its guest.\n", file);
	for (size_t i = 0; i < look->vcpus->cnt; i++) {
		fputs("kvmtree_guest_seconds_total", file);
		put_labels(file, &look->vcpus->lines[i], false);
		fprintf(file, "} %.9f\n", seconds(look->vcpus->lines[i].total_guest_ns));
	}
	fprintf(file, "# TYPE kvmtree_exits_not_counted counter\n"
		"# HELP kvmtree_exits_not_counted VM exits of more vCPUs than there was room for.\n"
		"kvmtree_exits_not_counted_total %" PRIu64 "\n# EOF\n", look->unplaced);
}

live_format_fn *live_format(const char *name)
{
	static const struct { const char *name; live_format_fn *fn; } rows[] = {
		{ "text", put_text }, { "json", put_json }, { "csv", put_csv },
		{ "openmetrics", put_openmetrics },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].name, name))
			return rows[i].fn;
	return put_text;
}
