/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree export --format csv: a line for each VM exit, by RFC 4180. */
#include <inttypes.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/export.h"

static bool begin(struct export *e)
{
	fputs("start_ns,vm,vcpu,tid,isa,code,reason,qualifier,value,is_write,rip,guest_ns,kernel_ns,user_ns,"
	      "off_cpu_ns,user_reason,kernel_handler,handler,callee,is_open,spans_loss\r\n", e->file);
	return true;
}

/* Quoted where it must be. */
static void put_text(FILE *file, const char *text)
{
	putc(',', file);
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, file);
		return;
	}
	putc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', file);
		putc(*text, file);
	}
	putc('"', file);
}

static void put_func(FILE *file, const struct func_row *func)
{
	put_text(file, func ? func->symbol : "");
}

static void put_exit(struct export *e, const struct exit_fact *fact)
{
	FILE *file = e->file;
	struct text name, user;

	text_clear(&name);
	exit_add_name(&name, fact->isa, fact->reason);
	text_clear(&user);
	export_add_user_reason(&user, fact->user_reason);
	fprintf(file, "%" PRId64 ",%" PRIu32 ",%" PRId32 ",%" PRIu32 ",%s,%" PRIu32,
		export_time(e, fact->begin_ns), fact->vm->number, fact->vcpu_id, fact->tid,
		export_isa(fact->isa), fact->reason);
	put_text(file, name.at);
	put_text(file, export_qualifier(fact));
	if (fact->qualifier != QUALIFIER_NONE)
		fprintf(file, ",0x%" PRIx64, fact->qualifier_value);
	else
		putc(',', file);
	fprintf(file, ",%d,0x%" PRIx64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, fact->is_write,
		fact->rip, fact->guest_ns, fact->kernel_ns, fact->user_ns, fact->off_cpu_ns);
	put_text(file, user.at);
	put_func(file, fact->kernel_handler);
	put_func(file, fact->handler);
	put_func(file, fact->callee);
	fprintf(file, ",%d,%d\r\n", fact->is_open, fact->spans_loss);
}

const struct export_format export_csv = {
	.name = "csv",
	.begin = begin,
	.exit = put_exit,
};
