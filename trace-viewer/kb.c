/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Tables from kb/ and from the installed kernel headers, and how they are searched. */
#include "trace-viewer/kb.h"

#include <linux/kvm.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct kb_exit vmx_exits[] = {
#define VMX_EXIT(number, name, ...) { number, #name, __VA_ARGS__ },
#include "trace-viewer/kb/vmx_exits.def"
#undef VMX_EXIT
};

static const struct kb_exit svm_exits[] = {
#define SVM_EXIT(number, name, ...) { number, name, __VA_ARGS__ },
#include "trace-viewer/kb/svm_exits.def"
#undef SVM_EXIT
};

static const struct kb_exit kvm_exits[] = {
#define KVM_EXIT(number, name, meaning)                                                            \
	{ number, "KVM_EXIT_" #name, meaning, "", "the VMM", "api.rst: The kvm_run structure" },
#include "trace-viewer/kb/kvm_exits.def"
#undef KVM_EXIT
};

static const struct kb_concept concepts[] = {
#define CONCEPT(side, name, aliases, meaning, why) { KB_##side, name, aliases, meaning, why },
#include "trace-viewer/kb/concepts.def"
#undef CONCEPT
};

static const struct kb_ioctl ioctls[] = {
#define IOCTL(cmd, arg, meaning) { (uint32_t)cmd, KB_ARG_##arg, meaning },
#include "trace-viewer/kb/ioctls.def"
#undef IOCTL
};

struct name {
	uint64_t number;
	const char *name;
};

#define NAME_ROW(name) { (uint32_t)name, #name },
static const struct name ioctl_names[] = {
#include "trace-viewer/kvm_ioctls.inc"
};
static const struct name capability_names[] = {
#include "trace-viewer/kvm_caps.inc"
};
#undef NAME_ROW

struct range_name {
	uint32_t first, last;
	const char *name;
};

#define PORT(first, last, name)
#define MSR(number, name)
#define CPUID_LEAF(number, name)
static const struct range_name ports[] = {
#undef PORT
#define PORT(first, last, name) { first, last, name },
#include "trace-viewer/kb/names.def"
#undef PORT
#define PORT(first, last, name)
};
static const struct range_name msrs[] = {
#undef MSR
#define MSR(number, name) { number, number, name },
#include "trace-viewer/kb/names.def"
#undef MSR
#define MSR(number, name)
};
static const struct range_name leaves[] = {
#undef CPUID_LEAF
#define CPUID_LEAF(number, name) { number, number, name },
#include "trace-viewer/kb/names.def"
};

static const struct kb_exit *exit_find(const struct kb_exit *rows, size_t cnt, uint32_t number)
{
	for (size_t i = 0; i < cnt; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct kb_exit *kb_vmx_exit(uint32_t reason)
{
	return exit_find(vmx_exits, COUNT(vmx_exits), reason);
}

const struct kb_exit *kb_svm_exit(uint32_t code)
{
	return exit_find(svm_exits, COUNT(svm_exits), code);
}

const struct kb_exit *kb_kvm_exit(uint32_t reason)
{
	return exit_find(kvm_exits, COUNT(kvm_exits), reason);
}

static bool is_alias(const char *aliases, const char *name)
{
	size_t name_sz = strlen(name);

	while (*aliases) {
		size_t sz = strcspn(aliases, " ");

		if (sz == name_sz && !memcmp(aliases, name, sz))
			return true;
		aliases += sz + (aliases[sz] == ' ');
	}
	return false;
}

const struct kb_concept *kb_concept(enum kb_side side, const char *name)
{
	for (size_t i = 0; i < COUNT(concepts); i++)
		if (concepts[i].side == side && !strcmp(concepts[i].name, name))
			return &concepts[i];
	for (size_t i = 0; i < COUNT(concepts); i++)
		if (concepts[i].side == side && is_alias(concepts[i].aliases, name))
			return &concepts[i];
	return NULL;
}

const struct kb_ioctl *kb_ioctl(uint32_t cmd)
{
	for (size_t i = 0; i < COUNT(ioctls); i++)
		if (ioctls[i].cmd == cmd)
			return &ioctls[i];
	return NULL;
}

static const char *name_find(const struct name *rows, size_t cnt, uint64_t number)
{
	for (size_t i = 0; i < cnt; i++)
		if (rows[i].number == number)
			return rows[i].name;
	return NULL;
}

const char *kb_ioctl_name(uint32_t cmd)
{
	return name_find(ioctl_names, COUNT(ioctl_names), cmd);
}

uint32_t kb_ioctl_number(const char *name)
{
	for (size_t i = 0; i < COUNT(ioctl_names); i++)
		if (!strcmp(ioctl_names[i].name, name))
			return (uint32_t)ioctl_names[i].number;
	return 0;
}

const char *kb_capability_name(uint64_t cap)
{
	return name_find(capability_names, COUNT(capability_names), cap);
}

static const char *range_find(const struct range_name *rows, size_t cnt, uint32_t number)
{
	for (size_t i = 0; i < cnt; i++)
		if (number >= rows[i].first && number <= rows[i].last)
			return rows[i].name;
	return NULL;
}

const char *kb_port_name(uint32_t port)
{
	return range_find(ports, COUNT(ports), port);
}

const char *kb_msr_name(uint32_t msr)
{
	return range_find(msrs, COUNT(msrs), msr);
}

const char *kb_cpuid_leaf(uint32_t leaf)
{
	return range_find(leaves, COUNT(leaves), leaf);
}

const char *kb_errno_name(int number)
{
	return number > 0 ? strerrorname_np(number) : NULL;
}
