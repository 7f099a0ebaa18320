/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Tracks by thread id, in a hash table that does not grow. */
#include "trace-viewer/export_track.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_CNT (2 * MODEL_THREADS_MAX)

struct tracks {
	struct track *at[MODEL_THREADS_MAX];
	uint32_t cnt;
	uint32_t slots[SLOTS_CNT]; /* 1 + index of at, by hash of the tid; 0: free */
};

struct tracks *tracks_new(void)
{
	return calloc(1, sizeof(struct tracks));
}

void tracks_free(struct tracks *tracks)
{
	if (!tracks)
		return;
	for (uint32_t i = 0; i < tracks->cnt; i++)
		free(tracks->at[i]);
	free(tracks);
}

static struct track *track_new(struct tracks *tracks, uint32_t *slot, const struct frame_fact *fact)
{
	struct track *track = tracks->cnt < MODEL_THREADS_MAX ? calloc(1, sizeof(*track)) : NULL;

	if (!track)
		return NULL;
	track->tid = fact->tid;
	track->vcpu_id = NODE_VCPU_NONE;
	tracks->at[tracks->cnt++] = track;
	*slot = tracks->cnt;
	return track;
}

struct track *tracks_get(struct tracks *tracks, const struct frame_fact *fact)
{
	struct track *track = NULL;
	uint32_t i = fact->tid * 2654435761u % SLOTS_CNT;

	/* half of the slots are free, so this ends */
	for (; tracks->slots[i] && !track; i = (i + 1) % SLOTS_CNT)
		if (tracks->at[tracks->slots[i] - 1]->tid == fact->tid)
			track = tracks->at[tracks->slots[i] - 1];
	if (!track)
		track = track_new(tracks, &tracks->slots[i], fact);
	if (!track)
		return NULL;
	track->tgid = fact->tgid ? fact->tgid : track->tgid;
	if (fact->vm && fact->vm->number)
		track->vm = fact->vm->number;
	if (fact->vcpu_id >= 0)
		track->vcpu_id = fact->vcpu_id;
	if (*fact->comm)
		snprintf(track->comm, sizeof(track->comm), "%s", fact->comm);
	return track;
}

struct track *tracks_at(const struct tracks *tracks, uint32_t i)
{
	return i < tracks->cnt ? tracks->at[i] : NULL;
}

void track_add_name(struct text *t, const struct track *track)
{
	if (track->vcpu_id >= 0)
		text_add(t, "VM %u vCPU %d", track->vm, track->vcpu_id);
	else
		text_add(t, "%s", *track->comm ? track->comm : "thread");
}
