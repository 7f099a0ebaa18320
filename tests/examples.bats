#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every example of kvmtree in docs/ prints what the page says, to the letter: an indented line that
# begins with "$ kvmtree", and the indented lines below it. UPDATE=1 writes what is printed now into
# the pages. (The gallery is a script's: gallery.bats.)

setup() { cd "$BATS_TEST_DIRNAME/.."; }

@test "what the pages say that kvmtree prints, it prints" {
	export LC_ALL=C.UTF-8
	mapfile -t pages < <(printf '%s\n' docs/*.md | grep -v gallery)
	run python3 - "${pages[@]}" <<'END'
import os, shlex, subprocess, sys

def printed(command):
    words = shlex.split(command)
    done = subprocess.run(["build/kvmtree"] + words[1:], env=dict(os.environ, COLUMNS="100"), timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [line.rstrip() for line in done.stdout.decode().splitlines()]

def is_output(lines, at):
    """Indented, or a blank line between two that are; the next command is none."""
    if at < len(lines) and not lines[at]:
        at += 1
    return at < len(lines) and lines[at].startswith("    ") and not lines[at].startswith("    $ ")

count = wrong = 0
for page in sys.argv[1:]:
    old = open(page).read().splitlines()
    new, at = [], 0
    while at < len(old):
        line = old[at]
        new.append(line)
        at += 1
        if not line.startswith("    $ kvmtree "):
            continue
        said = []
        while is_output(old, at):
            said.append(old[at][4:])
            at += 1
        now = printed(line[6:])
        new += ["    " + each if each else "" for each in now]
        count += 1
        if said != now:
            wrong += 1
            print(f"{page}: {line[6:]}: prints", *now, sep="\n")
    if os.environ.get("UPDATE"):
        open(page, "w").write("\n".join(new) + "\n")
print(f"{count} examples, {wrong} wrong")
sys.exit(wrong > 0)
END
	echo "$output"
	[ "$status" -eq 0 ] || [ -n "${UPDATE:-}" ]
	[[ ${lines[-1]} != "0 examples"* ]]
}

@test "the example of docs/trace-format.md is made by its commands, byte for byte" {
	scratch=$(mktemp -d)
	make -s build/tests/gen_trace >/dev/null
	awk '/^    printf .*thread 812/, /> example.script$/' docs/trace-format.md | sed 's/^    //' >"$scratch/make"
	(cd "$scratch" && sh ./make)
	build/tests/gen_trace --stored "$scratch/example.script" | od -An -v -tx1 | tr -d ' \n' >"$scratch/file"
	header=$(sed -nE 's/^    000000[01]0: (([0-9a-f]{4} ){8}).*/\1/p' docs/trace-format.md | tr -d ' \n')
	payload=$(sed -nE '/^Then comes/,$ s/^    (([0-9a-f]{2} ?)+)   .*/\1/p' docs/trace-format.md | tr -d ' \n')
	file=$(cat "$scratch/file")
	rm -rf "$scratch"
	[ "${#header}" -eq 64 ]
	[ "${#payload}" -eq 46 ]
	[[ $file == "$header"* ]]
	[[ $file == *"$payload"* ]]
}
