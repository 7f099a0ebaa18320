/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From "io:0x3f8" or "HLT" to the rows that are meant. */
#include "trace-viewer/exit_selector.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/record_codec.h"

static bool parse_number(const char *text, size_t text_sz, uint64_t *number)
{
	char copy[24], *end;

	if (!text_sz || text_sz >= sizeof(copy) || text[0] == '-')
		return false;
	memcpy(copy, text, text_sz);
	copy[text_sz] = '\0';
	*number = strtoull(copy, &end, 0);
	return !*end;
}

static bool is_text(const struct exit_selector *s, const char *name)
{
	return strlen(name) == s->text_sz && !strncasecmp(name, s->text, s->text_sz);
}

static const struct { uint32_t isa, number; const char *name; } reasons[] = {
#define VMX_EXIT(number, name, ...) { REC_ISA_VMX, number, #name },
#include "trace-viewer/kb/vmx_exits.def"
#undef VMX_EXIT
#define SVM_EXIT(number, name, ...) { REC_ISA_SVM, number, name },
#include "trace-viewer/kb/svm_exits.def"
#undef SVM_EXIT
};

#define REASON_CNT (sizeof(reasons) / sizeof(reasons[0]))

/* A name without a kind: is it a concept, a reason of either vendor, a KVM_EXIT_*? */
static enum exit_by by_plain_name(const struct exit_selector *s)
{
	if (s->text_sz > 9 && !strncasecmp(s->text, "KVM_EXIT_", 9))
		return BY_USER;
	for (size_t i = 0; i < REASON_CNT; i++)
		if (is_text(s, reasons[i].name))
			return BY_REASON;
	for (uint32_t i = 0; exit_concept_row(i); i++)
		if (is_text(s, exit_concept_row(i)->name))
			return BY_CONCEPT;
	return BY_CNT;
}

bool exit_selector_is_foreign(const struct exit_selector *s, uint32_t isa,
			      const struct exit_concept **concept)
{
	bool is_foreign = false;

	for (size_t i = 0; s->by == BY_REASON && i < REASON_CNT; i++) {
		if (!is_text(s, reasons[i].name))
			continue;
		if (reasons[i].isa == isa)
			return false;
		is_foreign = true;
		*concept = exit_concept(reasons[i].isa, reasons[i].number);
	}
	return is_foreign;
}

bool exit_selector_parse(struct exit_selector *s, const char *text, size_t text_sz, const char **why)
{
	const char *colon = memchr(text, ':', text_sz);

	*s = (struct exit_selector){ .by = BY_CNT, .text = text, .text_sz = text_sz };
	if (colon) {
		s->by = exit_by_name(text, (size_t)(colon - text));
		s->text = colon + 1;
		s->text_sz = text_sz - (size_t)(s->text - text);
	} else {
		s->by = by_plain_name(s);
	}
	*why = colon ? "no such kind; there are " EXIT_BY_CHOICES " and io" :
		       "no exit reason, concept or KVM_EXIT_* has this name; `kvmtree stat` prints them";
	if (s->by == BY_CNT || !s->text_sz)
		return false;
	if (!exit_by_is_number(s->by))
		return true;
	s->has_number = parse_number(s->text, s->text_sz, &s->number);
	*why = "needs a number, such as 0x3f8";
	if (s->by == BY_GPA)
		s->number &= ~EXIT_PAGE_MASK;
	return s->has_number;
}

bool exit_selector_has(const struct exit_selector *s, const struct exit_key *key)
{
	struct text name;

	if (exit_key_is_none(key))
		return false;
	if (s->has_number)
		return key->value == s->number;
	text_clear(&name);
	exit_key_add(&name, s->by, key);
	return is_text(s, name.at);
}
