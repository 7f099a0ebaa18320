/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names and numbers against the rows of the knowledge base. */
#include "trace-viewer/explain_find.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/near.h"
#include "trace-viewer/record_codec.h"

#define NAME_MAX_SZ 128

/* What kernels and manuals put before names that we keep without it, and whose names these are. */
static const struct prefix {
	const char *text;
	enum kb_group group;
} prefixes[] = {
	{ "EXIT_REASON_", KB_GROUP_VMX }, { "SVM_EXIT_", KB_GROUP_SVM }, { "SVM_VMGEXIT_", KB_GROUP_SVM },
	{ "VMEXIT_", KB_GROUP_SVM },	  { "KVM_EXIT_", KB_GROUP_KVM_EXIT },
	{ "MSR_IA32_", KB_GROUP_MSR },	  { "IA32_", KB_GROUP_MSR },	 { "MSR_", KB_GROUP_MSR },
};

static const struct prefix *prefix_of(const char *name)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncasecmp(name, prefixes[i].text, strlen(prefixes[i].text)))
			return &prefixes[i];
	return NULL;
}

static const char *without_prefix(const char *name)
{
	const struct prefix *prefix = prefix_of(name);

	return prefix ? name + strlen(prefix->text) : name;
}

/* Lower case, '_' for '-' and spaces; false: too long to be a name of ours. */
static bool fold(char out[NAME_MAX_SZ], const char *name, size_t sz)
{
	if (sz >= NAME_MAX_SZ)
		return false;
	for (size_t i = 0; i < sz; i++)
		out[i] = name[i] == '-' || name[i] == ' ' ? '_' :
			 (char)tolower((unsigned char)name[i]);
	out[sz] = '\0';
	return true;
}

static bool number_parse(const char *name, uint32_t *number)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)*name))
		return false;
	errno = 0;
	value = strtoull(name, &end, 0);
	if (errno || *end || value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

/* One of a row's names against the one that is asked for; both are folded. */
static enum explain_match match_name(const char *has, const char *asked)
{
	const char *plain = without_prefix(has);
	unsigned int distance;

	if (!strcmp(has, asked) || !strcmp(plain, without_prefix(asked)))
		return EXPLAIN_EXACT;
	if (strlen(asked) >= 3 && strstr(has, asked))
		return EXPLAIN_PART;
	if (strlen(asked) < 3)
		return EXPLAIN_NONE;
	distance = near_distance(plain, without_prefix(asked));
	return distance <= near_limit(without_prefix(asked)) ? EXPLAIN_NEAR : EXPLAIN_NONE;
}

/* The names in a list, between any of the separators. */
static enum explain_match match_list(const char *list, const char *separators, const char *asked)
{
	enum explain_match best = EXPLAIN_NONE;
	char name[NAME_MAX_SZ];

	while (*list) {
		size_t sz = strcspn(list, separators);

		if (sz && fold(name, list, sz)) {
			enum explain_match match = match_name(name, asked);

			best = match > best ? match : best;
		}
		list += sz + (list[sz] != '\0');
	}
	return best;
}

static enum explain_match match_symbols(const struct kb_entry *entry, const char *asked)
{
	enum explain_match best = EXPLAIN_NONE;
	const struct kb_probe *probe;

	for (size_t i = 0; (probe = kb_probe(i)); i++) {
		if (strcmp(probe->concept, entry->name) != 0)
			continue;
		enum explain_match match = match_list(probe->symbols, "|", asked);

		best = match > best ? match : best;
	}
	return best;
}

const struct exit_concept *explain_concept(const struct kb_entry *entry)
{
	if (entry->group == KB_GROUP_VMX)
		return exit_concept(REC_ISA_VMX, entry->first);
	if (entry->group == KB_GROUP_SVM)
		return exit_concept(REC_ISA_SVM, entry->first);
	return NULL;
}

/* Is it one of the names that follow "seed:" in the text, up to a semicolon? */
static bool has_seed_name(const char *text, const char *asked)
{
	const char *seed = strstr(text, "seed:");
	char names[NAME_MAX_SZ];
	size_t sz;

	if (!seed || !strpbrk(asked, "_>")) /* the words between them are no names */
		return false;
	seed += strlen("seed:");
	sz = strcspn(seed, ";:");
	if (sz >= sizeof(names))
		return false;
	memcpy(names, seed, sz);
	names[sz] = '\0';
	return match_list(names, " ,", asked) == EXPLAIN_EXACT;
}

static bool speaks_of(const struct kb_entry *entry, const char *name)
{
	return strlen(name) >= 3 &&
	       (strcasestr(entry->meaning, name) || strcasestr(entry->cause, name) ||
		strcasestr(entry->handler, name));
}

enum explain_match explain_match(const struct kb_entry *entry, const char *name)
{
	const struct exit_concept *concept = explain_concept(entry);
	const struct prefix *prefix = prefix_of(name);
	enum explain_match best, match;
	char asked[NAME_MAX_SZ];
	uint32_t number;

	if (number_parse(name, &number))
		return entry->has_number && number >= entry->first && number <= entry->last ?
			       EXPLAIN_EXACT : EXPLAIN_NONE;
	if (!*name || !fold(asked, name, strlen(name)))
		return EXPLAIN_NONE;
	/* SVM_EXIT_SHUTDOWN is not KVM_EXIT_SHUTDOWN; but MSR_READ is an exit of VMX */
	if (prefix && prefix->group != entry->group)
		return !strcasecmp(entry->name, name) ? EXPLAIN_EXACT : EXPLAIN_NONE;
	best = match_list(entry->name, "", asked);
	match = match_list(entry->aliases, " ", asked);
	best = match > best ? match : best;
	if (entry->group == KB_GROUP_KERNEL) {
		match = match_symbols(entry, asked);
		best = match > best ? match : best;
	}
	if ((concept && match_list(concept->name, "", asked) == EXPLAIN_EXACT) ||
	    has_seed_name(entry->meaning, asked) || has_seed_name(entry->cause, asked))
		best = EXPLAIN_EXACT;
	return best == EXPLAIN_NONE && speaks_of(entry, name) ? EXPLAIN_TEXT : best;
}

enum explain_match explain_find(enum kb_group only, const char *name, explain_fn *fn, void *owner)
{
	enum explain_match best = EXPLAIN_NONE;
	struct kb_entry entry;

	for (int pass = 0; pass < 2; pass++)
		for (enum kb_group group = 0; group < KB_GROUP_CNT; group++)
			for (size_t i = 0; kb_entry(group, i, &entry); i++) {
				enum explain_match match;

				if (only != KB_GROUP_CNT && group != only)
					break;
				match = explain_match(&entry, name);
				if (pass == 0 && match > best)
					best = match;
				else if (pass == 1 && best && match == best)
					fn(owner, &entry);
			}
	return best;
}
