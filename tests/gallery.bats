#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The gallery is what the commands print today.

setup() { cd "$BATS_TEST_DIRNAME/.."; }

@test "docs/gallery.md is what scripts/gallery prints: if not, scripts/gallery > docs/gallery.md" {
	diff docs/gallery.md <(scripts/gallery)
	# and every command had something to say
	[ "$(grep -c '^    \$ kvmtree' docs/gallery.md)" -ge 10 ]
	! grep -nE '^    (kvmtree [a-z]+: |usage: )' docs/gallery.md || return 1
}
