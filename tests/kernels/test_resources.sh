#!/usr/bin/env bash
# The registers, stack and spills of every kernel on every architecture, as ptxas tells them, within
# kernels/limits.txt. Compiled with the options of the build, without a GPU.
set -uo pipefail
source=${TANDEM_SOURCE:?} build=${TANDEM_BUILD:?}
options=$build/kernels/nvcc.options
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# check LOG LIMITS KERNELS ARCHS: prints what is wrong, and one line of the largest numbers of each
# kernel; fails when something is wrong. KERNELS and ARCHS are lists of words.
check() {
  awk -v kernels="$3" -v archs="$4" -v limits="$2" '
    function bad(text) { print "FAILED: " text; failed = 1 }
    BEGIN {
      while ((getline line < limits) > 0) {
        if (line ~ /^#/ || split(line, part, " ") == 0) continue
        words = split(line, part, " ")
        if (words != 3 && words != 4) bad(limits ": not three or four words: " line)
        if (part[1] in most) bad(limits ": " part[1] " has two rows")
        most[part[1]] = part[2] + 0; stack_most[part[1]] = part[3] + 0
        spill_most[part[1]] = words == 4 ? part[4] + 0 : 0
      }
    }
    /Compiling entry function/ { split($0, part, "\047"); kernel = part[2]; arch = part[4] }
    /bytes stack frame/ {
      if ($1 > stack[kernel]) stack[kernel] = $1 + 0
      if ($5 + $9 > spill_most[kernel])
        bad(kernel ", " arch ": " $5 " bytes spill stores, " $9 " spill loads")
      if ($1 > stack_most[kernel])
        bad(kernel ", " arch ": " $1 " bytes of stack, allowed " stack_most[kernel] + 0)
    }
    / Used [0-9]+ registers/ {
      for (i = 1; i < NF; ++i) if ($i == "Used") registers = $(i + 1) + 0
      seen[kernel, arch] = 1
      if (registers > used[kernel]) used[kernel] = registers
      if (registers > most[kernel])
        bad(kernel ", " arch ": " registers " registers, allowed " most[kernel] + 0)
    }
    END {
      n = split(kernels, name, " "); m = split(archs, arch_name, " ")
      if (n == 0 || m == 0) bad("no kernels or no architectures")
      for (i = 1; i <= n; ++i) {
        listed[name[i]] = 1
        if (!(name[i] in most)) bad(limits ": " name[i] " has no row")
        for (j = 1; j <= m; ++j)
          if (!((name[i], arch_name[j]) in seen)) bad(name[i] " was not compiled for " arch_name[j])
        printf "%-20s %3d registers of %3d, stack %d\n", name[i], used[name[i]], most[name[i]],
               stack[name[i]]
      }
      for (kernel in most) if (!(kernel in listed)) bad(limits ": there is no kernel " kernel)
      exit failed
    }' "$1"
}

# The checker itself: it must pass what is right and fail what is not.
self_test() {
  local log=$folder/log limits=$folder/limits
  printf '# comment\na 20 0\n' > "$limits"
  entry() {
    printf "ptxas info    : Compiling entry function 'a' for 'sm_75'\n"
    printf 'ptxas info    : Function properties for a\n'
    printf '    %s bytes stack frame, %s bytes spill stores, %s bytes spill loads\n' "$2" "$3" "$4"
    printf 'ptxas info    : Used %s registers, used 1 barriers, 96 bytes smem\n' "$1"
  }
  entry 20 0 0 0 > "$log"
  check "$log" "$limits" a sm_75 > /dev/null || return 1
  check "$log" "$limits" "a b" sm_75 > /dev/null && return 1
  check "$log" "$limits" a "sm_75 sm_80" > /dev/null && return 1
  check "$log" "$limits" "" sm_75 > /dev/null && return 1
  for wrong in "21 0 0 0" "20 8 0 0" "20 0 8 0" "20 0 0 8"; do
    # shellcheck disable=SC2086
    entry $wrong > "$log"
    check "$log" "$limits" a sm_75 > /dev/null && return 1
  done
  # A row may allow some, and no more.
  printf 'a 20 8 16\n' > "$limits"
  entry 20 8 8 8 > "$log"
  check "$log" "$limits" a sm_75 > /dev/null || return 1
  entry 20 8 8 12 > "$log"
  check "$log" "$limits" a sm_75 > /dev/null && return 1
  return 0
}

self_test || { echo "the check of the resources does not find what is wrong"; exit 1; }
nvcc=$(sed -n 's/^TANDEM_NVCC:[A-Z]*=//p' "$build/CMakeCache.txt")
if [ ! -f "$options" ] || [ ! -x "$nvcc" ]; then
  echo "no nvcc in this build: the CUDA kernels were not compiled"
  exit 77
fi
kernels=$(sed -n 's/^TD_ROW(\([a-z0-9_]*\),.*/\1/p' "$source/kernels/list.h")
archs=$(grep -o 'code=sm_[0-9]*' "$options" | sed 's/code=//')
if ! "$nvcc" --options-file "$options" -Xptxas -v -fatbin -o "$folder/kernels.fatbin" \
     "$source/kernels/all.td" > "$folder/log" 2>&1; then
  cat "$folder/log"
  exit 1
fi
check "$folder/log" "$source/kernels/limits.txt" "$kernels" "$archs"
