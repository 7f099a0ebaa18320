/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What guests look for of Linux's boot parameters. Kernel: Documentation/arch/x86/zero-page.rst. */
#define RSDP_AT	       0x70
#define E820_CNT_AT    0x1e8
#define SETUP_MAGIC_AT 0x202
#define LOADER_AT      0x210
#define CMDLINE_AT     0x228

#define SETUP_MAGIC    0x53726448	  /* "HdrS" */
#define RSDP_SIGNATURE 0x2052545020445352 /* "RSD PTR " */
