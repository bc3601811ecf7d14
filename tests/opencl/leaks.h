/* leaks.h - what the leak checker should not tell of in a program that uses OpenCL: PoCL, LLVM and
 * the loader of OpenCL keep memory until the process ends. They are named here, with what they
 * allocate through C++ (nothing of ours in such a program is C++), and nothing of ours is. */
#ifndef TANDEM_OPENCL_LEAKS_H
#define TANDEM_OPENCL_LEAKS_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OPENCL_LEAKS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(OPENCL_LEAKS)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpocl\nleak:libLLVM\nleak:libclang\nleak:libhwloc\nleak:pocl-devices\n"
           "leak:operator new\nleak:libOpenCL.so.1.0.0\n";
}
#endif

#endif
