/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kvmtree export --format perfetto: the Trace Event Format of Chrome, which the Perfetto UI opens.
 * A frame is a complete event ("X") of its thread's track; slices nest as frames do in the tree.
 *
 * Some frames of the tree do not nest in time: on Linux 6.1 the handler of an exit begins just before
 * the tracepoint that tells of the exit, on later kernels that comes inside of vmx_vcpu_run. There the
 * exit's begin is moved by these nanoseconds, for slices that overlap cannot be drawn.
 */
#include <stdlib.h>

#include "trace-viewer/export.h"
#include "trace-viewer/export_track.h"
#include "trace-viewer/json.h"
#include "trace-viewer/model_thread.h"
#include "trace-viewer/tree_text.h"

#define LEVELS_MAX (THREAD_STACK_MAX + 2) /* a guest or exit is on no stack */

/* The frames of a thread that have closed, by how many frames are around them. */
struct slices {
	struct {
		bool has_any;
		uint64_t first_ns, last_ns; /* the first begin, the last end, since one around them closed */
	} at[LEVELS_MAX];
};

static bool begin(struct export *e)
{
	e->state = tracks_new();
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", e->file);
	return e->state != NULL;
}

static void event_begin(struct json *j, struct export *e, const char *phase, uint32_t tgid, uint32_t tid)
{
	*j = (struct json){ .file = e->file };
	json_begin(j, NULL, '{');
	json_string(j, "ph", phase);
	json_number(j, "pid", tgid);
	json_number(j, "tid", tid);
}

/* Every event but the last one, which end() writes, is followed by a comma. */
static void event_end(struct json *j)
{
	json_end(j, '}');
	fputs(",\n", j->file);
}

static void put_args(struct json *j, const struct node *node)
{
	struct tree_row row;

	tree_row_fill(&row, node, true);
	json_begin(j, "args", '{');
	json_string(j, "call", row.call.at);
	if (row.result.sz)
		json_string(j, "result", row.result.at);
	if (row.known.sz)
		json_string(j, "known by", row.known.at);
	if (row.means.sz)
		json_string(j, "meaning", row.means.at);
	json_end(j, '}');
}

static uint32_t level_of(const struct node *node)
{
	uint32_t level = 0;

	for (node = node->parent; node && node->kind != NODE_THREAD && node->kind != NODE_ROOT; node = node->parent)
		level++;
	return level;
}

/* Where a slice begins so that it encloses those below it, and follows the one before it. */
static uint64_t slice_begin(struct track *track, const struct node *node)
{
	const uint32_t level = level_of(node);
	struct slices *slices = track ? track->state : NULL;
	uint64_t begin_ns = node->start_ns;

	if (track && !slices)
		slices = track->state = calloc(1, sizeof(*slices));
	if (!slices || level + 1 >= LEVELS_MAX)
		return begin_ns;
	if (slices->at[level + 1].has_any && slices->at[level + 1].first_ns < begin_ns)
		begin_ns = slices->at[level + 1].first_ns;
	if (slices->at[level].has_any && slices->at[level].last_ns > begin_ns)
		begin_ns = slices->at[level].last_ns < node->end_ns ? slices->at[level].last_ns : node->end_ns;
	slices->at[level + 1].has_any = false;
	if (!slices->at[level].has_any)
		slices->at[level].first_ns = begin_ns;
	slices->at[level].has_any = true;
	slices->at[level].last_ns = node->end_ns;
	return begin_ns;
}

static void close_frame(struct export *e, const struct frame_fact *fact)
{
	const struct node *node = fact->node;
	const bool is_moment = node->kind == NODE_LOST;
	struct track *track = tracks_get(e->state, fact);
	uint64_t begin_ns;
	struct text name;
	struct json j;

	if (!export_has(node))
		return;
	begin_ns = is_moment ? node->start_ns : slice_begin(track, node);
	text_clear(&name);
	export_add_name(&name, node);
	event_begin(&j, e, is_moment ? "i" : "X", fact->tgid, fact->tid);
	json_us(&j, "ts", export_time(e, begin_ns));
	if (is_moment)
		json_string(&j, "s", "t");
	else
		json_us(&j, "dur", (int64_t)(node->end_ns - begin_ns));
	json_string(&j, "cat", frame_layer(node));
	json_string(&j, "name", name.at);
	put_args(&j, node);
	event_end(&j);
}

/* It lies in the frame that the thread was in: while it had no CPU, nothing began or ended. */
static void put_off_cpu(struct export *e, const struct off_cpu_fact *fact)
{
	const struct frame_fact thread = {
		.vm = fact->vm->number ? fact->vm : NULL, .vcpu_id = fact->vcpu_id, .tid = fact->tid,
		.tgid = fact->tgid, .comm = fact->comm,
	};
	const struct off_cpu_span *span = fact->span;
	struct json j;

	tracks_get(e->state, &thread);
	event_begin(&j, e, "X", fact->tgid, fact->tid);
	json_us(&j, "ts", export_time(e, span->out_ns));
	json_us(&j, "dur", (int64_t)off_cpu_ns(span));
	json_string(&j, "cat", "off cpu");
	json_string(&j, "name", off_cpu_word(span->why));
	json_begin(&j, "args", '{');
	json_string(&j, "ran next", span->next_comm);
	json_number(&j, "its tid", span->next_tid);
	json_end(&j, '}');
	event_end(&j);
}

static void put_name(struct export *e, const struct track *track, const char *what, const char *name)
{
	struct json j;

	event_begin(&j, e, "M", track->tgid, track->tid);
	json_string(&j, "name", what);
	json_begin(&j, "args", '{');
	json_string(&j, "name", name);
	json_end(&j, '}');
	event_end(&j);
}

static void put_names(struct export *e, const struct track *track)
{
	struct text name;

	text_clear(&name);
	track_add_name(&name, track);
	put_name(e, track, "thread_name", name.at);
	text_clear(&name);
	text_add(&name, "%s", *track->comm ? track->comm : "process");
	if (track->tid == track->tgid)
		put_name(e, track, "process_name", name.at);
}

static void end(struct export *e, const struct model *model)
{
	const char *command = model_meta(model, "command");
	const struct track *track;
	struct json j;

	for (uint32_t i = 0; (track = tracks_at(e->state, i)); i++)
		put_names(e, track);
	event_begin(&j, e, "M", 0, 0);
	json_string(&j, "name", "recording");
	json_begin(&j, "args", '{');
	json_string(&j, "command", command ? command : "");
	json_number(&j, "lost_records", model->lost_cnt);
	json_end(&j, '}');
	json_end(&j, '}');
	fputs("\n]}\n", e->file);
}

static void release(struct export *e)
{
	struct track *track;

	for (uint32_t i = 0; e->state && (track = tracks_at(e->state, i)); i++)
		free(track->state);
	tracks_free(e->state);
}

const struct export_format export_perfetto = {
	.name = "perfetto",
	.begin = begin,
	.off_cpu = put_off_cpu,
	.frame_close = close_frame,
	.end = end,
	.release = release,
};
