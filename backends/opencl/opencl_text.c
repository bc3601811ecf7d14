/* opencl_text.c - the text of all kernels, embedded when the plug-in is built. */
#include "backends/opencl/opencl_internal.h"

__asm__(".section .rodata\n"
        ".globl ocl_text_first\n"
        ".hidden ocl_text_first\n"
        ".globl ocl_text_end\n"
        ".hidden ocl_text_end\n"
        "ocl_text_first:\n"
        ".incbin \"" TANDEM_KERNELS_CL "\"\n"
        "ocl_text_end:\n"
        ".byte 0\n"
        ".previous\n");

extern const char ocl_text_first[] __attribute__((visibility("hidden")));
extern const char ocl_text_end[] __attribute__((visibility("hidden")));

const char *ocl_kernels_text(size_t *bytes)
{
    *bytes = (size_t)(ocl_text_end - ocl_text_first);
    return ocl_text_first;
}
