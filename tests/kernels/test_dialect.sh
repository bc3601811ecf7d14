#!/usr/bin/env bash
# The rules of the dialect that compilers for C and CUDA do not keep: no return or goto in a phase,
# no break or continue out of one, no name that a target reserves. And the OpenCL text stands by
# itself, without float64 too: by clang, where there is one.
set -uo pipefail
source=${TANDEM_SOURCE:?} build=${TANDEM_BUILD:?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# lint FILE ...: prints PLACE: what is wrong; fails when something is. A break or continue counts as
# inside a loop when one began earlier in the phase: rough, and enough for the slip it is meant for.
lint() {
  awk '
    BEGIN {
      reserved = " (half|local|global|kernel|constant|private|generic|pipe|event_t|sampler_t|" \
                 "uint|uchar|ushort|ulong|float4|int4|complex|quad|vec_type_hint) "
    }
    function bad(text) { print FILENAME ":" FNR ": " text; failed = 1 }
    FNR == 1 { comment = 0; phase = 0 }
    {
      line = $0
      gsub(/\/\*([^*]|\*[^\/])*\*\//, " ", line)
      if (comment) { if (!sub(/^.*\*\//, "", line)) next; comment = 0 }
      if (sub(/\/\*.*$/, "", line)) comment = 1
      gsub(/[^A-Za-z0-9_]+/, " ", line)
      line = " " line " "
      if (line ~ / TD_PHASE /) { phase = 1; loops = 0 }
      if (line ~ / (for|while|do|switch) /) loops = 1
      if (phase && line ~ / (return|goto) /) bad("a way out of a phase")
      if (phase && !loops && line ~ / (break|continue) /) bad("a way out of a phase")
      if (line ~ / TD_PHASE_END /) phase = 0
      if (match(line, reserved))
        bad("a name that a target reserves:" substr(line, RSTART, RLENGTH))
      if (line ~ / long long /) bad("long long is td_i64 here")
      if (line ~ / (__syncthreads|threadIdx|barrier|get_local_id|__shfl[a-z_]*) /)
        bad("a word of one target: td_kernel.h and td_group.h have those")
    }
    END { exit failed }' "$@"
}

# A checker that finds nothing is none: each of these lines must be found.
while IFS= read -r line; do
  printf 'TD_PHASE\n    %s\nTD_PHASE_END\n' "$line" > "$folder/bad.td"
  if lint "$folder/bad.td" > /dev/null; then
    echo "the check of the dialect does not find: $line"
    exit 1
  fi
done <<'END'
if (i > count) return;
if (i > count) break;
float half = x * 0.5f;
unsigned long long y = 0;
__syncthreads();
END
cat > "$folder/good.td" <<'END'
/* return half of it, by a barrier
 * for all: uint */
TD_FN int f(int x) { return x; }
TD_PHASE
    for (int i = 0; i < count; ++i) { if (x[i]) break; /* half */ }
TD_PHASE_END
END
lint "$folder/good.td" || { echo "the check of the dialect finds what is right"; exit 1; }

status=0
lint "$source"/kernels/*.td "$source/kernels/td_double.h" "$source/tests/kernels/own.td" || status=1

text=$folder/kernels.cl
cmake "-DIN=$source/kernels/all.td" "-DOUT=$text" -P "$source/kernels/join.cmake" || status=1
if grep -n '^#include "' "$text"; then
  echo "the OpenCL text includes a file"
  status=1
fi
cmp -s "$text" "$build/kernels/tandem_kernels.cl" || echo "note: the build's text is older"
for kernel in $(sed -n 's/^TD_ROW(\([a-z0-9_]*\),.*/\1/p' "$source/kernels/list.h"); do
  [ "$(grep -c "^TD_KERNEL void $kernel(" "$text")" -ge 1 ] || grep -q "($kernel[,)]" "$text" ||
    { echo "$kernel is listed, and not in the text"; status=1; }
done
clang=$(command -v clang || command -v clang-14 || true)
if [ -n "$clang" ]; then
  compile() {
    "$clang" -x cl -cl-std=CL1.2 -target spir64 -Xclang -finclude-default-header -Wall -Wextra \
      -Wno-unused-function -Werror -fsyntax-only "$@" "$text" || { echo "FAILED: $*"; status=1; }
  }
  compile -cl-single-precision-constant
  compile -DTD_NO_F64 -Wdouble-promotion
  compile -Xclang -cl-ext=-cl_khr_fp64,-__opencl_c_fp64
elif [ "$status" = 0 ]; then
  echo "no clang: the OpenCL text was not compiled here"
  exit 77
fi
exit "$status"
