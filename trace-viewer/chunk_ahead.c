/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A ring of chunks between the thread that fetches them and the one that reads them. */
#include "trace-viewer/chunk_ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define RING_CNT 4u

struct chunk_ahead {
	struct chunk_file *file;
	struct chunk ring[RING_CNT];
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	uint64_t fetched_cnt, done_cnt; /* number n is ring[n % RING_CNT] */
	bool is_lent;			/* number done_cnt is with the reader */
	bool is_stopped;
};

/* Waits until there is room for another chunk; false: none is wanted any more. */
static bool room_wait(struct chunk_ahead *ahead)
{
	bool is_stopped;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->is_stopped && ahead->fetched_cnt - ahead->done_cnt == RING_CNT)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	is_stopped = ahead->is_stopped;
	pthread_mutex_unlock(&ahead->lock);
	return !is_stopped;
}

static void *fetch(void *arg)
{
	struct chunk_ahead *ahead = arg;
	enum chunk_kind kind = CHUNK_SOUND;

	while (kind != CHUNK_NONE && room_wait(ahead)) {
		struct chunk *chunk = &ahead->ring[ahead->fetched_cnt % RING_CNT];

		chunk_file_next(ahead->file, chunk);
		kind = chunk->kind;
		pthread_mutex_lock(&ahead->lock);
		ahead->fetched_cnt++;
		pthread_cond_signal(&ahead->changed);
		pthread_mutex_unlock(&ahead->lock);
	}
	return NULL;
}

/* Starts fetch(); signals are for the thread that there was before. */
static bool thread_start(struct chunk_ahead *ahead)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&ahead->thread, NULL, fetch, ahead);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return !err;
}

struct chunk_ahead *chunk_ahead_new(struct chunk_file *file)
{
	struct chunk_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	ahead->file = file;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (thread_start(ahead))
		return ahead;
	free(ahead);
	return NULL;
}

void chunk_ahead_free(struct chunk_ahead *ahead)
{
	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->is_stopped = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	for (uint32_t i = 0; i < RING_CNT; i++)
		free(ahead->ring[i].raw);
	free(ahead);
}

struct chunk *chunk_ahead_next(struct chunk_ahead *ahead)
{
	struct chunk *chunk;

	pthread_mutex_lock(&ahead->lock);
	if (ahead->is_lent) {
		ahead->done_cnt++;
		pthread_cond_signal(&ahead->changed);
	}
	ahead->is_lent = true;
	while (ahead->fetched_cnt == ahead->done_cnt)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	chunk = &ahead->ring[ahead->done_cnt % RING_CNT];
	pthread_mutex_unlock(&ahead->lock);
	return chunk;
}
