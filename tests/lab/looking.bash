# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# For bats files that look at what was recorded inside the lab: LAB is the folder with recordings.

# lab_open: the project's folder, `kvmtree`, and all that was to be recorded.
lab_open() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	kvmtree=build/kvmtree
	[ -e "$LAB/complete" ] || { echo "$LAB: the lab did not come to its end"; return 1; }
}

# tree NAME [OPTION...]
tree() { "$kvmtree" tree --width "${width:-160}" --color never "${@:2}" "$LAB/$1.kvmtree"; }

# status_is NAME STATUS: how it ended; if otherwise, with what it said.
status_is() {
	local status
	status=$(cat "$LAB/$1.status")
	[ "$status" = "$2" ] || { echo "$1 ended with status $status:"; tail -n 5 "$LAB/$1.err"; return 1; }
}

# says NAME PATTERN
says() { grep -qE -- "$2" "$LAB/$1.err" || { cat "$LAB/$1.err"; return 1; }; }

# in_order TEXT PATTERN...: each pattern is on a line after that of the one before.
in_order() {
	local text=$1 line=0 next pattern
	shift
	for pattern; do
		next=$(tail -n +$((line + 1)) <<<"$text" | grep -nE -m1 -- "$pattern" | cut -d: -f1)
		[ -n "$next" ] || { echo "not after line $line: $pattern"; echo "$text"; return 1; }
		line=$((line + next))
	done
}

# below TEXT PARENT CHILD: in an ASCII tree, CHILD's line stands deeper than PARENT's, with no line
# in between that stands as high as PARENT.
below() {
	awk -v parent="$2" -v child="$3" '
		{ match($0, /[[:alnum:]<>]/); depth = RSTART }
		!inside && $0 ~ parent { inside = 1; top = depth; next }
		inside && depth <= top { inside = 0; if ($0 ~ parent) { inside = 1; top = depth }; next }
		inside && $0 ~ child { found = 1; exit }
		END { exit !found }' <<<"$1" || { echo "no $3 below $2"; echo "$1"; return 1; }
}
