# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Completes the command lines of kvmtree and vmm: the programs themselves say what may follow, from the
# tables that make their --help. Where they say nothing it is a file.

_kvmtree() {
	mapfile -t COMPREPLY < <("$1" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

_vmm() {
	local words
	case $2 in
	-*) words=$("$1" --help 2>/dev/null | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p') ;;
	*) words=$("$1" --list 2>/dev/null | sed -n 's/^ *\([a-z][a-z0-9-]*\).*/\1/p') ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$2")
}

complete -o default -F _kvmtree kvmtree
complete -o default -F _vmm vmm
