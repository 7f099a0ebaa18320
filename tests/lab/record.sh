#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: makes every recording that checks.bats looks at, in one boot.
#
#   scripts/lab -- tests/lab/record.sh DIR STORM walk|all
#
# `walk` makes the recordings that differ between vendors, `all` also what goes wrong, which does
# not: the emulated Intel machine is slow.
#
# For each case NAME: DIR/NAME.kvmtree, .out and .err (of the recorder and the command), .status,
# and .hist, the kernel's own histogram of kvm_exit, which knows nothing of eBPF. Checks nothing.
set -u
. tests/lab/common.bash
. tests/lab/recording.bash

storm=$2 cases=$3
kvmtree=build/kvmtree vmm=build/vmm
recording_begin "$1"

# counted NAME COMMAND...: as `try`, with the kernel's histogram.
counted() {
	hist_begin
	try "$@"
	hist_end "$dir/$1.hist"
}

# record NAME COMMAND...
record() {
	local name=$1
	shift
	counted "$name" "$kvmtree" record -o "$dir/$name.kvmtree" -- "$@"
}

counted doctor "$kvmtree" doctor

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
counted live bash -c "$vmm storm 200; $vmm cpuid"
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
counted stream bash -c "$kvmtree record -o - -- $vmm hello >$dir/stream.kvmtree"

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
counted usage "$kvmtree" record
counted unwritable "$kvmtree" record -o /proc/none/x.kvmtree -- "$vmm" halt
counted unprivileged setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
	"$kvmtree" record -o /tmp/x.kvmtree -- "$vmm" halt
mv /dev/kvm /dev/kvm.hidden
counted no-kvm "$kvmtree" record -o "$dir/no-kvm.kvmtree" -- "$vmm" halt
mv /dev/kvm.hidden /dev/kvm

# the recorder itself is killed in the middle of a storm
"$kvmtree" record -q -o "$dir/sigkill.kvmtree" -- "$vmm" storm 100000000 &
recorder=$!
until_written "$dir/sigkill.kvmtree" 100000
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
unseen=$(pgrep -x unseen)
kill -KILL "$recorder"
wait "$recorder" 2>/dev/null
# it ends, and nobody may be there to wait for it
timeout 60 sh -c "while grep -qs '(unseen) [^Z]' /proc/$unseen/stat; do sleep 0.1; done"
ended keeper $?

# no room on the disk
mkdir -p /tmp/small && mount -t tmpfs -o size=256k tmpfs /tmp/small
counted disk-full "$kvmtree" record -o /tmp/small/full.kvmtree -- "$vmm" storm "$storm"
cp /tmp/small/full.kvmtree "$dir/disk-full.kvmtree"
umount /tmp/small

uname -r >"$dir/release"
true >"$dir/complete"
