#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Manual pages, completion and installation: made from the same tables as --help.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.."
	make -s install DESTDIR="$BATS_FILE_TMPDIR" PREFIX=/usr
}

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	export PATH=$BATS_FILE_TMPDIR/usr/bin:$PATH
	pages=$BATS_FILE_TMPDIR/usr/share/man/man1
	commands=$(kvmtree --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
}

@test "man: a page for each program and command, without a warning of mandoc" {
	[ "$(wc -w <<<"$commands")" -ge 12 ]
	[ "$(find "$pages" -name '*.1' | wc -l)" = $(($(wc -w <<<"$commands") + 2)) ]
	for page in "$pages"/*.1; do
		mandoc -T lint -W style "$page" | grep -v 'referenced manual not found' >"$BATS_TEST_TMPDIR/lint" || true
		cat "$BATS_TEST_TMPDIR/lint"
		[ ! -s "$BATS_TEST_TMPDIR/lint" ]
	done
}

@test "man: every option of --help is in the page" {
	for command in $commands vmm; do
		name=kvmtree-$command
		[ "$command" != vmm ] || name=vmm
		mandoc -T ascii "$pages/$name.1" | col -b >"$BATS_TEST_TMPDIR/page"
		case $command in
		vmm) vmm --help ;;
		*) kvmtree "$command" --help ;;
		esac | sed -n 's/^  \(-., \|    \)\(--[a-z0-9-]*\).*/\2/p' >"$BATS_TEST_TMPDIR/options"
		[ -s "$BATS_TEST_TMPDIR/options" ]
		while read -r option; do
			echo "$name $option"
			grep -qE -- "^ +(-., )?$option( |$)" "$BATS_TEST_TMPDIR/page"
		done <"$BATS_TEST_TMPDIR/options"
	done
}

@test "man: the examples work" {
	ran=0
	while IFS=$'\t' read -r page example _; do
		# these need root and KVM
		[ "$page" != kvmtree-record ] || continue
		echo "$example"
		words=${example//-o hello/-o $BATS_TEST_TMPDIR/hello}
		status=0
		# shellcheck disable=SC2086 # an example is words
		$words >"$BATS_TEST_TMPDIR/out" || status=$?
		# recordings that differ are no failure of diff's
		[ "$status" = 0 ] || [[ $page = kvmtree-diff && $status = 1 ]]
		[[ -s $BATS_TEST_TMPDIR/out || $words == *" -o "* ]]
		ran=$((ran + 1))
	done <docs/man/examples.tsv
	[ "$ran" -ge 10 ]
}

# completes WORDS...: what bash offers after these, the last being typed; one a line, sorted.
completes() {
	bash --norc -c '
		source "$1/usr/share/bash-completion/completions/kvmtree"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"_$1" "$1" "${!#}"
		printf "%s\n" "${COMPREPLY[@]}"
	' - "$BATS_FILE_TMPDIR" "$@" | sort
}

@test "completion: commands, options, choices, names; files where there are none" {
	[ "$(completes kvmtree '')" = "$(sort <<<"$commands")" ]
	[ "$(completes kvmtree exp | tr '\n' ' ')" = 'explain export ' ]
	[ "$(completes kvmtree export -- | tr '\n' ' ')" = '--format --help --output --version ' ]
	[ "$(completes kvmtree export --format '' | tr '\n' ' ')" = 'csv folded json openmetrics perfetto ' ]
	[ "$(completes kvmtree export --format = p)" = perfetto ]
	[ "$(completes kvmtree export -f f)" = folded ]
	[ "$(completes kvmtree explain ept_v)" = EPT_VIOLATION ]
	[ -z "$(completes kvmtree tree docs/)" ]
	[ -z "$(completes kvmtree report --output '')" ]
	[ "$(completes vmm --cp)" = --cpus ]
	[ "$(completes vmm hel)" = hello ]
}
