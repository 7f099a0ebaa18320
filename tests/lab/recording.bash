# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# For the lab's scripts that record. Each case NAME leaves DIR/NAME.kvmtree, .out, .err and .status.

# recording_begin DIR: an empty folder, `dir` from now on.
recording_begin() {
	dir=$1
	mkdir -p "$dir"
	rm -f "$dir"/*
}

# ended NAME STATUS
ended() {
	echo "$2" >"$dir/$1.status"
	echo "lab: $1: status $2" >&2
}

# try NAME COMMAND...
try() {
	local name=$1
	shift
	"$@" >"$dir/$name.out" 2>"$dir/$name.err" </dev/null
	ended "$name" $?
}

# record NAME OPTION... -- COMMAND...
record() {
	local name=$1
	shift
	try "$name" build/kvmtree record -o "$dir/$name.kvmtree" "$@"
}

# until_written FILE [SIZE]: the recording has come to records of exits, or its recorder, which was started
# last, has ended.
until_written() {
	until [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -gt "${2:-30000}" ] || ! kill -0 $! 2>/dev/null; do
		sleep 0.1
	done
}

# until_vcpus PID CNT: this VMM has so many vCPUs, or has ended.
until_vcpus() {
	until [ "$(find "/proc/$1/fd" -lname 'anon_inode:kvm-vcpu:*' 2>/dev/null | wc -l)" = "$2" ] ||
		! kill -0 "$1" 2>/dev/null; do
		sleep 0.1
	done
}

# attach NAME OPTION...: records until the file has some size, and ends it as ^C does.
attach() {
	local name=$1
	shift
	build/kvmtree record -o "$dir/$name.kvmtree" "$@" 2>"$dir/$name.err" &
	local recorder=$!
	until_written "$dir/$name.kvmtree"
	kill -INT "$recorder"
	wait "$recorder"
	ended "$name" $?
}
