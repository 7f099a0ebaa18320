# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# For bats files about the commands that read recordings: the same VMM on both vendors, and room to write.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	export LC_ALL=C.UTF-8
	kvmtree=build/kvmtree
	amd=docs/samples/hello-amd-6.1.kvmtree
	intel=docs/samples/hello-intel-6.1.kvmtree
	scratch=$(mktemp -d)
}

teardown() {
	rm -rf "$scratch"
}
