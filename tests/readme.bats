#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The README shows what the commands print of the samples, and names what is there.

setup() { cd "$BATS_TEST_DIRNAME/.."; }

@test "the README's picture is what kvmtree prints today: if not, scripts/tree-picture > docs/tree.svg" {
	command -v python3 >/dev/null || skip "no python3"
	diff docs/tree.svg <(scripts/tree-picture)
	[ "$(grep -c '<text' docs/tree.svg)" -gt 200 ]
	grep -q 'vmx_vcpu_create' docs/tree.svg
	python3 -c 'import xml.dom.minidom, sys; xml.dom.minidom.parse(sys.argv[1])' docs/tree.svg
}

@test "each file that the README and the docs name is there" {
	for page in README.md docs/*.md docs/*/*.md; do
		while read -r link; do
			[ -e "$(dirname "$page")/$link" ] || { echo "$page: $link"; return 1; }
		done < <(grep -oE '\]\([^)#:]+\)' "$page" | sed 's/^](//; s/)$//')
	done
}
