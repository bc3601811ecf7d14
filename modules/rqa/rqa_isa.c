/* rqa_isa.c - which build of the line kernels this processor can run. */
#include "rqa_lines.h"

#include <string.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}
#else
static bool has_avx2(void)
{
    return false;
}
static bool has_avx512(void)
{
    return false;
}
#endif

td_status rqa_isa_choose(const char *name, const rqa_isa **out, td_error *err)
{
    const rqa_isa *avx2 = has_avx2() ? rqa_isa_avx2 : NULL;
    const rqa_isa *avx512 = has_avx512() ? rqa_isa_avx512 : NULL;
    const rqa_isa *isa = NULL;
    if (strcmp(name, "auto") == 0) isa = avx512 ? avx512 : avx2 ? avx2 : rqa_isa_plain;
    else if (strcmp(name, "plain") == 0) isa = rqa_isa_plain;
    else if (strcmp(name, "avx2") == 0) isa = avx2;
    else if (strcmp(name, "avx512") == 0) isa = avx512;
    else
        return td_fail(err, TD_E_BAD_ARGUMENT, "isa is \"%s\", allowed auto, plain, avx2, avx512",
                       name);
    if (!isa) return td_fail(err, TD_E_UNSUPPORTED, "isa: this processor or build has no %s", name);
    *out = isa;
    return TD_OK;
}
