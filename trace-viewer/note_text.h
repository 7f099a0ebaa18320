/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Interrupts and waits of KVM in words. */
#ifndef KVMTREE_NOTE_TEXT_H
#define KVMTREE_NOTE_TEXT_H

#include "trace-viewer/kb.h"
#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/* "vector 236 to APIC 0, fixed", "waited 1.20 ms, blocked": a node of kind NODE_NOTE. */
void note_add(struct text *t, const struct exit_detail *d, bool ascii);
/* What the knowledge base says of it, or NULL. */
const struct kb_concept *note_concept(const struct exit_detail *d);
/* "kvm_eoi": the tracepoint that told it; "" when there is none. */
const char *note_name(const struct exit_detail *d);

/* "injects interrupt 236", "injects #GP error 0x0": nothing when there is nothing. */
void inject_add(struct text *t, const struct inject *inject);

/* "#GP", or NULL when the architecture has none with this vector. */
const char *exception_name(uint32_t vector);

#endif
