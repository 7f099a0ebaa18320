# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kvmtree: everything that is built lies below build/. `make help` lists the targets.
#
#   V=1       print the commands        DEBUG=1   -O0 -g3
#   SAN=1     address and undefined-behaviour sanitizers
#   FUZZ=1    those, and what libFuzzer needs (CC must be clang)
#   WERROR=0  let warnings pass         O=DIR     build somewhere else

O       ?= build
CC      ?= gcc
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PREFIX  ?= /usr/local
VERSION := 0.1.0

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)';)

comma    := ,
# The last is of clang: the kernel's structs that end in an array are followed by its elements.
warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wno-gnu-variable-sized-type-not-at-end \
            $(if $(filter 0,$(WERROR)),,-Werror)
optimise := $(if $(DEBUG),-O0 -g3,-O2 -g)
sanitize := $(if $(SAN)$(FUZZ),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer) $(if $(FUZZ),-fsanitize=fuzzer-no-link -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
CFLAGS   += -std=gnu11 $(warnings) $(optimise) $(sanitize) -D_GNU_SOURCE \
            -DKVMTREE_VERSION='"$(VERSION)"' -I. -I$(O) -MMD -MP
LDFLAGS  += $(sanitize) -pthread

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all vmm trace-viewer check man install clean help
all: vmm $(O)/kvmtree

include vmm/Makefile.inc
include trace-viewer/Makefile.inc
include bpf/Makefile.inc
include tests/Makefile.inc

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(CFLAGS) -c -o $@ $<

help:
	@echo 'make               build/vmm and build/kvmtree'
	@echo 'make vmm           the VMM alone (cc and make suffice)'
	@echo 'make trace-viewer  kvmtree without the recorder (needs zlib only)'
	@echo 'make check         unit tests and a short fuzz run: no root, no KVM, seconds'
	@echo 'make man           manual pages, from --help, into $(O)/man'
	@echo 'make install       into $$DESTDIR$$PREFIX (now: $(DESTDIR)$(PREFIX))'
	@echo 'make clean         remove what was built, keep what the lab fetched'

man: all
	$(call say,GEN,$(O)/man) scripts/gen-man $(O) $(O)/man

completions := $(DESTDIR)$(PREFIX)/share/bash-completion/completions

install: all man
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(completions)
	install -m 755 $(O)/vmm $(O)/kvmtree $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(O)/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 scripts/completion.bash $(completions)/kvmtree
	ln -sf kvmtree $(completions)/vmm

clean:
	rm -rf $(filter-out $(O)/lab,$(wildcard $(O)/*))

-include $(shell test -d $(O) && find $(O) -name '*.d' -not -path '$(O)/lab/*')
