/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Replays tests/replay/NAME.txt, a sequence of a guest's accesses, against the machine's own buses
 * and devices, without KVM: each answer must be the recorded one, and every interrupt, byte of
 * output and frame must be told of, in order. docs/testing.md describes the words.
 */
#include <glob.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/replay_words.h"

#define RAM_SZ 0x20000000ull /* mapped as it is touched */

/* Before the guest goes on, all that has come out must have been told of. */
static void check_all_told(void)
{
	if (r.irq_cnt)
		wrong("before it, interrupt line %u has become %u", r.irqs[0].gsi, r.irqs[0].level);
	if (r.output_len)
		wrong("before it, 0x%x was printed", (uint8_t)r.output[0]);
	if (machine_stopping(&r.m) && !r.untold)
		wrong("before it, the machine has ended with status %d", r.m.status);
}

static void replay_line(char *line)
{
	char *verb;
	size_t i = 0;

	line[strcspn(line, "#\n")] = '\0';
	verb = word(&line);
	if (!verb)
		return;
	while (i < VERB_CNT && strcmp(verbs[i].name, verb))
		i++;
	if (i == VERB_CNT)
		wrong("no word '%s'", verb);
	if (!is_expectation(verb))
		check_all_told();
	verbs[i].run(&line);
	run_handlers();
}

static void replay(void **state)
{
	char line[512];
	FILE *file;

	r.path = *state;
	file = fopen(r.path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		r.line++;
		replay_line(line);
	}
	fclose(file);
	check_all_told();
}

static int set_up(void **state)
{
	struct machine *m = &r.m;

	(void)state;
	r = (struct replay){.wire = -1, .guest.name = "replay"};
	loop_world = (struct loop_world){0};
	m->config.guest = &r.guest;
	m->config.ram_sz = RAM_SZ;
	m->config.vcpu_cnt = 1;
	m->vm.fd = m->vm.kvm_fd = -1;
	m->vm.memory.slot_cnt = 1;
	m->vm.memory.slots[0] = (struct memory_slot){
		GPA(0), RAM_SZ,
		mmap(NULL, RAM_SZ, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)};
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	return bus_init(&m->ports, BUS_PORTS_LEN) || bus_init(&m->mmio, BUS_MMIO_LEN);
}

static int tear_down(void **state)
{
	struct machine *m = &r.m;

	(void)state;
	devices_release(m);
	for (unsigned int i = 0; i < m->config.disk_cnt; i++)
		unlink(r.disk_path[i]);
	if (r.wire >= 0)
		close(r.wire);
	bus_release(&m->ports);
	bus_release(&m->mmio);
	munmap(m->vm.memory.slots[0].host, RAM_SZ);
	return 0;
}

int main(void)
{
	struct CMUnitTest tests[64];
	size_t cnt = 0;
	glob_t files;
	int failed;

	if (pipe(stdin_pipe) || dup2(stdin_pipe[0], STDIN_FILENO) < 0 ||
	    glob("tests/replay/*.txt", 0, NULL, &files))
		return 1;
	for (; cnt < files.gl_pathc && cnt < 64; cnt++)
		tests[cnt] = (struct CMUnitTest){.name = files.gl_pathv[cnt],
						 .test_func = replay,
						 .setup_func = set_up,
						 .teardown_func = tear_down,
						 .initial_state = files.gl_pathv[cnt]};
	failed = _cmocka_run_group_tests("replay", tests, cnt, NULL, NULL);
	globfree(&files);
	return failed;
}
