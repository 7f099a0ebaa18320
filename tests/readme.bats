#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The README quotes what the commands print of the samples, to the letter.

setup() { cd "$BATS_TEST_DIRNAME/.."; }

@test "every line of the README's tree is a line of the sample's, in order" {
	tree=$(build/kvmtree tree --width 170 --color never docs/samples/hello-intel-6.1.kvmtree)
	quoted=$(awk '/^## /{ exit } /^    / { print substr($0, 5) }' README.md | grep -vE '^(…|)$')
	[ "$(wc -l <<<"$quoted")" -gt 40 ]
	# what is quoted, and nothing of it twice, is what is common to both in order
	kept=$(grep -Fxf <(printf '%s\n' "$quoted") <<<"$tree")
	[ "$kept" = "$quoted" ]
}

@test "each file that the README and the docs name is there" {
	for page in README.md docs/*.md docs/*/*.md; do
		while read -r link; do
			[ -e "$(dirname "$page")/$link" ] || { echo "$page: $link"; return 1; }
		done < <(grep -oE '\]\([^)#:]+\)' "$page" | sed 's/^](//; s/)$//')
	done
}
