/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns `vmm --probe`: what this host's KVM offers, and whether we can work with it. */
#include <cpuid.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/probe.h"
#include "vmm/status.h"
#include "vmm/vm.h"

enum need { NEED_ALL, NEED_PC, NEED_GAIN, NEED_LIMIT };

static const struct {
	const char *name, *why;
	int cap;
	enum need need;
} capabilities[] = {
#define CAPABILITY(name, need, why) {"KVM_CAP_" #name, why, KVM_CAP_##name, NEED_##need},
#include "vmm/capabilities.def"
#undef CAPABILITY
};

/* What its lack means: no machine can be built, none for a kernel, or it is done without. */
static const char *const without[] = {
	[NEED_ALL] = "NEEDED",
	[NEED_PC] = "NO PC",
	[NEED_GAIN] = "no",
};

/* Parameters of KVM's modules, in /sys/module/MODULE/parameters: there if the module is. */
static const struct {
	const char *module, *name, *why;
} parameters[] = {
	{"kvm_intel", "ept", "nested paging, else shadow page tables"},
	{"kvm_intel", "unrestricted_guest", "real mode is run, else emulated"},
	{"kvm_intel", "enable_apicv", "interrupts come without an exit"},
	{"kvm_intel", "nested", "guests may be hypervisors themselves"},
	{"kvm_amd", "npt", "nested paging, else shadow page tables"},
	{"kvm_amd", "avic", "interrupts come without an exit"},
	{"kvm_amd", "nested", "guests may be hypervisors themselves"},
	{"kvm", "halt_poll_ns", "how long KVM stays awake after HLT"},
	{"kvm", "ignore_msrs", "unknown MSRs read as 0, without a fault"},
};

/* What, how it is here, and why: in 80 columns. */
#define ROW	   "%-29s %-8s %s\n"
#define ROW_NUMBER "%-29s %-8d %s\n"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_host(FILE *out)
{
	struct utsname host;

	if (!uname(&host))
		fprintf(out, "%-29s %s %s\n", "host", host.sysname, host.release);
}

/* SDM vol. 2, CPUID, leaf 1; APM vol. 3, appendix E, leaf 8000_0001. */
#define LEAF_1_ECX_VMX	      (1u << 5)
#define LEAF_80000001_ECX_SVM (1u << 2)

static void print_processor(FILE *out)
{
	unsigned int eax, ebx, ecx, edx;
	const char *has = NULL;

	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & LEAF_1_ECX_VMX))
		has = "VMX";
	if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) && (ecx & LEAF_80000001_ECX_SVM))
		has = "SVM";
	fprintf(out, ROW, "processor", has ? has : "no VMX",
		has ? "its virtualization" : "nor SVM: see the firmware, or who runs us");
}

static void print_parameter(FILE *out, size_t i)
{
	char path[128], name[64], value[32];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", parameters[i].module,
		 parameters[i].name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, value, sizeof(value) - 1);
	close(fd);
	if (len <= 0)
		return;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	snprintf(name, sizeof(name), "%s %s", parameters[i].module, parameters[i].name);
	fprintf(out, ROW, name, value, parameters[i].why);
}

static void print_capability(FILE *out, size_t i, int value)
{
	const char *why = capabilities[i].why;

	if (capabilities[i].need == NEED_LIMIT)
		fprintf(out, ROW_NUMBER, capabilities[i].name, value, why);
	else if (value > 0)
		fprintf(out, ROW, capabilities[i].name, "yes", why);
	else
		fprintf(out, ROW, capabilities[i].name, without[capabilities[i].need], why);
}

/* Asks for everything. Returns whether there is all that machines of that need want. */
static bool print_capabilities(FILE *out, int kvm_fd, bool *pc)
{
	bool all = true;

	*pc = true;
	for (size_t i = 0; i < COUNT(capabilities); i++) {
		int value = kvm_ioctl_quiet(kvm_fd, KVM_CHECK_EXTENSION,
					    (unsigned long)capabilities[i].cap);

		print_capability(out, i, value);
		if (value <= 0 && capabilities[i].need == NEED_ALL)
			all = false;
		if (value <= 0 && capabilities[i].need == NEED_PC)
			*pc = false;
	}
	return all;
}

/* What only trying tells: another hypervisor may hold the processor. */
static bool try_vm(FILE *out)
{
	struct vm vm;
	int err = vm_create(&vm), vcpu_fd = -1;

	if (err >= 0)
		vcpu_fd = KVM_IOCTL(vm.fd, KVM_CREATE_VCPU, 0);
	fprintf(out, "%-29s %s\n", "a VM with a vCPU", vcpu_fd >= 0 ? "made" : "refused");
	if (vcpu_fd >= 0)
		close(vcpu_fd);
	vm_release(&vm);
	return vcpu_fd >= 0;
}

int probe(FILE *out)
{
	bool all, pc;
	int kvm_fd;

	print_host(out);
	print_processor(out);
	for (size_t i = 0; i < COUNT(parameters); i++)
		print_parameter(out, i);
	fflush(out);
	kvm_fd = vm_open_kvm();
	if (kvm_fd < 0)
		return VMM_NO_MACHINE;
	fprintf(out, ROW_NUMBER, "KVM_GET_API_VERSION",
		kvm_ioctl_quiet(kvm_fd, KVM_GET_API_VERSION, 0), "12 on every kernel since 2007");
	all = print_capabilities(out, kvm_fd, &pc);
	close(kvm_fd);
	fflush(out);
	if (!all || !try_vm(out)) {
		complain("probe: vmm cannot run here: see the lines with 'NEEDED' or 'refused'; "
			 "use a newer kernel, or the lab: scripts/lab -- build/vmm --probe");
		return VMM_NO_MACHINE;
	}
	fprintf(out, "%-29s %s\n", "vmm",
		pc ? "can run all guests and kernels here" : "can run its own guests, no kernel");
	return VMM_OK;
}
