# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# For scripts that try vmm under real KVM, and print TAP. They define why(), which prints what there is to say
# of a failure.

n=0 failed=0

# verdict NAME: the status of the command before is the test's.
verdict() {
	local good=$?
	n=$((n + 1))
	if [ $good -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		why | tr -d '\r' | sed 's/^/# /'
		failed=1
	fi
}

# skip NAME WHY
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# skip_all WHY: ends the script.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# done_all: ends the script.
done_all() {
	echo "1..$n"
	exit $failed
}

# image_of VERSION: the path of this Linux, the lab's or this machine's own.
image_of() {
	local dir
	for dir in "${BASH_SOURCE[0]%/*}"/../../build/lab/kernels/*; do
		[ "$(cat "$dir/version" 2>/dev/null)" != "$1" ] || { echo "$dir/vmlinuz"; return; }
	done
	ls "/boot/vmlinuz-$1" 2>/dev/null
}
