#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: makes every recording that tests/lab.bats looks at, in one boot.
#
#   scripts/lab -- tests/lab/record.sh DIR STORM walk|all
#
# `walk` makes the recordings that differ between vendors, `all` also what goes wrong, which does
# not: the emulated Intel machine is slow.
#
# For each case NAME: DIR/NAME.kvmtree, .out and .err (of the recorder and the command), .status,
# and .hist, the kernel's own histogram of kvm_exit, which knows nothing of eBPF. Checks nothing.
set -u

dir=$1 storm=$2 cases=$3
kvmtree=build/kvmtree vmm=build/vmm
trigger=/sys/kernel/tracing/events/kvm/kvm_exit/trigger
mkdir -p "$dir"
rm -f "$dir"/*

# try NAME COMMAND...: runs it and keeps what it said.
try() {
	local name=$1
	shift
	echo 'hist:keys=exit_reason:size=1024' >"$trigger"
	"$@" >"$dir/$name.out" 2>"$dir/$name.err" </dev/null
	echo $? >"$dir/$name.status"
	# lines such as "{ exit_reason: 123 } hitcount: 9", then totals
	cat "${trigger%trigger}hist" >"$dir/$name.hist"
	echo '!hist:keys=exit_reason:size=1024' >"$trigger"
	echo "lab: $name: status $(cat "$dir/$name.status")" >&2
}

# case NAME COMMAND...: records COMMAND.
record() {
	local name=$1
	shift
	try "$name" "$kvmtree" record -o "$dir/$name.kvmtree" -- "$@"
}

try doctor "$kvmtree" doctor

# the walk, one guest each
for guest in hello mmio cpuid halt; do
	record "$guest" "$vmm" "$guest"
done

# the loop
record storm "$vmm" storm "$storm"

# three that watch, in three forms; at SIGTERM each looks once more and ends
watchers=
for form in json csv openmetrics; do
	"$kvmtree" live -i 86400 -f $form >"$dir/live.$form" 2>"$dir/live.$form.err" &
	watchers="$watchers $!"
	until grep -qs counting "$dir/live.$form.err" || ! kill -0 $!; do sleep 0.1; done
done
try live bash -c "$vmm storm 200; $vmm cpuid"
kill -TERM $watchers
wait $watchers
echo $? >"$dir/live.status"

if [ "$cases" = walk ]; then
	uname -r >"$dir/release"
	true >"$dir/complete"
	exit
fi

# other ends
record exit-3 "$vmm" exit 3
record triple "$vmm" triple

# several VMs
record two-vmms bash -c "$vmm hello & $vmm mmio; wait"
record two-vms "$vmm" hello + mmio
record two-vcpus "$vmm" -c 2 storm 50

# the default name, and a stream
(cd "$dir" && "$OLDPWD/$kvmtree" record -- "$OLDPWD/$vmm" halt >default.out 2>&1 &&
	mv vmm.kvmtree default.kvmtree)
try stream bash -c "$kvmtree record -o - -- $vmm hello >$dir/stream.kvmtree"

# what goes wrong
record absent ./no-such-command
echo '#!/no/such/interpreter' >/tmp/no-interpreter && chmod +x /tmp/no-interpreter
record no-interpreter /tmp/no-interpreter
record no-vm true
# once it has come to exits
record killed bash -c "(until [ \"\$(cat /sys/kernel/debug/kvm/\$\$-*/exits)\" -gt 1000 ] || ! kill -0 \$\$; do
	sleep 0.1; done 2>/dev/null; kill -KILL \$\$) & exec $vmm storm 100000000"
# su stops when its child does, as it does for a moment when it becomes another program
record su su -s /bin/bash -c "$vmm hello" root
try usage "$kvmtree" record
try unwritable "$kvmtree" record -o /proc/none/x.kvmtree -- "$vmm" halt
try unprivileged setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
	"$kvmtree" record -o /tmp/x.kvmtree -- "$vmm" halt
mv /dev/kvm /dev/kvm.hidden
try no-kvm "$kvmtree" record -o "$dir/no-kvm.kvmtree" -- "$vmm" halt
mv /dev/kvm.hidden /dev/kvm

# the recorder itself is killed in the middle of a storm
"$kvmtree" record -q -o "$dir/sigkill.kvmtree" -- "$vmm" storm 100000000 &
recorder=$!
until [ "$(stat -c %s "$dir/sigkill.kvmtree" 2>/dev/null || echo 0)" -gt 100000 ]; do sleep 0.1; done
read -ra orphans </proc/$recorder/task/$recorder/children # the VMM, and it may be the keeper
kill -KILL "$recorder"
wait "$recorder" 2>/dev/null
kill -KILL "${orphans[@]}" 2>/dev/null

# and just when a program waits for it: then the keeper lets that go on
cp "$vmm" /tmp/unseen
mkfifo /tmp/begin
"$kvmtree" record -q -o "$dir/keeper.kvmtree" -- \
	bash -c "read -r </tmp/begin; exec /tmp/unseen hello" >"$dir/keeper.out" 2>"$dir/keeper.err" &
recorder=$!
exec 9>/tmp/begin
kill -STOP "$recorder"
echo >&9
exec 9>&-
until grep -qs '(unseen) T' "/proc/$(pgrep -x unseen)/stat"; do sleep 0.1; done
kill -KILL "$recorder"
wait "$recorder" 2>/dev/null
timeout 30 tail -f --pid="$(pgrep -x unseen || echo 1)" /dev/null
echo $? >"$dir/keeper.status"

# no room on the disk
mkdir -p /tmp/small && mount -t tmpfs -o size=256k tmpfs /tmp/small
try disk-full "$kvmtree" record -o /tmp/small/full.kvmtree -- "$vmm" storm "$storm"
cp /tmp/small/full.kvmtree "$dir/disk-full.kvmtree"
umount /tmp/small

uname -r >"$dir/release"
true >"$dir/complete"
