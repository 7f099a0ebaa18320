# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# For the lab's scripts and bats files. They set `kvmtree`, and LAB, the folder with recordings.

kvm_exit=/sys/kernel/tracing/events/kvm/kvm_exit
hist_key=hist:keys=exit_reason:size=1024

# Inside the lab: the kernel's own histogram of kvm_exit, which knows nothing of eBPF. A kernel without
# histograms (Debian's 5.10) prints the events instead.
hist_begin() {
	if [ -e $kvm_exit/hist ]; then
		echo "$hist_key" >$kvm_exit/trigger
	else
		echo 32768 >/sys/kernel/tracing/buffer_size_kb
		echo >/sys/kernel/tracing/trace
		echo 1 >$kvm_exit/enable
	fi
}

# hist_end FILE
hist_end() {
	if [ -e $kvm_exit/hist ]; then
		cat $kvm_exit/hist >"$1"
		echo "!$hist_key" >$kvm_exit/trigger
	else
		echo 0 >$kvm_exit/enable
		sed -nE 's/.* kvm_exit: .*reason ([^ ]+) .*/\1/p' /sys/kernel/tracing/trace | sort | uniq -c |
			sed -E 's/ *([0-9]+) (.*)/{ exit_reason: \2 } hitcount: \1/' >"$1"
	fi
}

# The kernel's counts, one a line, sorted: from lines such as "{ exit_reason: 123 } hitcount: 9".
kernel_counts() {
	sed -nE 's/^\{ exit_reason: +([^ ]+) \} hitcount: +([0-9]+)$/\2/p' "$LAB/$1.hist" | sort -n
}

# The counts of stat's rows, without the row of the sum.
our_counts() {
	"$kvmtree" stat --color never "$LAB/$1.kvmtree" |
		awk '/^EXIT / { on = 1; next } $1 == "all" { on = 0 }
			on && match($0, / [0-9,]+ +[0-9.]+ %/) {
				n = substr($0, RSTART, RLENGTH); split(n, f, " "); gsub(",", "", f[1])
				print f[1] }' | sort -n
}

# The golden form of a tree, without the column that names the rung.
masked() {
	tests/lab/golden.sh "$1" | sed -E 's/  (fentry|k\.multi|kprobe) +/  rung  /; s/ +/ /g'
}

# The same of the ioctls and the VMM's functions alone: what is left without functions of the kernel.
masked_outside() {
	masked "$1" | grep -E '^[^a-z]*(ioctl KVM_(CREATE|SET|GET)_[A-Z]*|[a-z0-9_]+ +vmm )' |
		sed -E 's/[^a-zA-Z]*//; s/ (rung|tracepoint) .*//'
}
