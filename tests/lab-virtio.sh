#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A Linux guest in vmm on its disk and its network, under real KVM; prints TAP. Runs as root on a
# machine with /dev/kvm, or in the lab: scripts/lab -- tests/lab-virtio.sh
# It does not assert how long anything takes.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/lab/verdict.bash
. "$here/lab/verdict.bash"
vmm=${VMM:-$here/../build/vmm}
version=$(uname -r)
[ -e /dev/kvm ] || skip_all "no /dev/kvm; use scripts/lab -- $0"
[ "$(id -u)" = 0 ] || skip_all "not root: no TAP, no mount"

# A network of our own: neither TAP nor server is seen outside.
[ -n "${OWN_NET:-}" ] || OWN_NET=1 exec unshare --net --mount -- "$0" "$@"

kernel=$(image_of "$version") || skip_all "no image of Linux $version"

PATH=$PATH:/usr/sbin:/sbin
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$scratch"' EXIT

why() { cat "$scratch/out" "$scratch/err"; }

# boot OPTIONS...: Linux to the end of the job on standard input; leaves status, $scratch/{out,err}.
boot() {
	cat >"$scratch/job"
	"$here/guest-initrd" "$scratch/initrd" / "$version" "$scratch/job" "${modules[@]}"
	timeout 900 "$vmm" -k "$kernel" -i "$scratch/initrd" -p "quiet mitigations=off" "$@" \
		</dev/null >"$scratch/out" 2>"$scratch/err"
	status=$?
	tr -d '\r' <"$scratch/out" >"$scratch/text"
}

# said NAME: the rest of the line that the guest has begun with NAME:
said() { sed -n "s/^$1: //p" "$scratch/text"; }

# refuses PATTERN OPTIONS...: vmm ends at once with status 125, and says that.
refuses() {
	: >"$scratch/out"
	timeout 900 "$vmm" -k "$kernel" "${@:2}" </dev/null >"$scratch/out" 2>"$scratch/err"
	[ $? -eq 125 ] && grep -qE -- "$1" "$scratch/err"
	verdict "$2 ${3##*/}: $1"
}

head -c 1000 /dev/zero >"$scratch/odd.img"
truncate -s 1M "$scratch/locked.img"
refuses 'No such file or directory; create it' -d "$scratch/none.img"
refuses '1000 bytes are not a whole number of sectors' -d "$scratch/odd.img"
exec 7<"$scratch/locked.img"
flock --shared 7
refuses 'another program has locked it' -d "$scratch/locked.img"
exec 7<&-
refuses 'no TAP' -n tap=lo
refuses 'has 1 to 15 characters' -n tap=longer-than-fifteen

modules=(virtio_mmio virtio_blk virtio_rng ext4)
truncate -s 160M "$scratch/disk.img"
head -c 1M /dev/urandom >"$scratch/read-only.img"
boot -d "$scratch/disk.img" -d "$scratch/read-only.img,ro" <<'END'
echo "size: $(cat /sys/block/vda/size) $(cat /sys/block/vdb/size)"
echo "id: $(cat /sys/block/vda/serial)"
echo "ro: $(cat /sys/block/vda/ro) $(cat /sys/block/vdb/ro)"
echo "rng: $(cat /sys/class/misc/hw_random/rng_current) $(head -c 64 /dev/hwrng | wc -c)"
echo "read: $(md5sum </dev/vdb)"
read -r begin _ </proc/uptime
mke2fs -F /dev/vda >/dev/null
mkdir /mnt
mount -t ext4 /dev/vda /mnt
head -c 1048576 /dev/vdb >/tmp/part
for i in 0 1 2 3 4 5 6 7 8 9; do
	for j in 0 1 2 3 4 5 6 7 8 9; do
		echo "part $i$j"
		cat /tmp/part
	done
done >/mnt/data
sync
read -r end _ </proc/uptime
echo "seconds: $((${end%.*} - ${begin%.*}))"
echo "data: $(wc -c </mnt/data) $(md5sum </mnt/data)"
umount /mnt
END
[ $status -eq 0 ]
verdict "a guest with two disks powers off"
[ "$(said size)" = "327680 2048" ] && [ "$(said id)" = disk.img ] && [ "$(said ro)" = "0 1" ]
verdict "sizes, id and read-only are what was asked for"
[[ $(said rng) == *virtio*" 64" ]]
verdict "the entropy device gives bytes"
[ "$(said read)" = "$(md5sum <"$scratch/read-only.img")" ]
verdict "what is read is the image"
debugfs -R "cat /data" "$scratch/disk.img" 2>>"$scratch/err" >"$scratch/data"
[ "$(stat -c %s "$scratch/data")" -gt 104857600 ] &&
	[ "$(said data)" = "$(stat -c %s "$scratch/data") $(md5sum <"$scratch/data")" ]
verdict "100 MB that the guest wrote are on its file system, read here"
e2fsck -fn "$scratch/disk.img" >>"$scratch/err" 2>&1
verdict "and the file system is whole"
echo "# mke2fs, writing and sync took $(said seconds) s of the guest's time"

# network MODEL MODULE...: the same ping and the same transfer over either card.
network() {
	ip tuntap add dev tap0 mode tap
	ip addr add 10.0.2.1/24 dev tap0
	ip link set tap0 up
	modules=("${@:2}")
	boot -n "tap=tap0,model=$1" <<'END'
ip link set eth0 up
ip addr add 10.0.2.2/24 dev eth0
echo "mac: $(cat /sys/class/net/eth0/address)"
echo "ping: $(ping -c 3 10.0.2.1 | sed -n 's/ packets.*, \(.*\) packets received.*/ \1/p')"
echo "got: $(wget -q -O - http://10.0.2.1:8080/blob | md5sum)"
END
	ip tuntap del dev tap0 mode tap
	[ $status -eq 0 ] && [ "$(said ping)" = "3 3" ]
	verdict "$1: three pings, three answers"
	[[ $(said mac) == 02:6b:76:6d:* ]]
	verdict "$1: the address is made for the TAP"
	[ "$(said got)" = "$(md5sum <"$scratch/blob")" ]
	verdict "$1: 20 MB by HTTP arrive whole"
}

head -c 20M /dev/urandom >"$scratch/blob"
ip link set lo up
busybox httpd -f -p 8080 -h "$scratch" &
server=$!
network virtio virtio_mmio virtio_net
network e1000 e1000

done_all
