#!/usr/bin/env bash
# Every kernel under oclgrind, which runs OpenCL item by item and watches memory: no races, nothing
# out of bounds. A kernel that is wrong on purpose shows that the check can fail. oclgrind is taken
# as the only OpenCL platform, so that it does not matter how the plug-in finds OpenCL.
set -uo pipefail
source=${TANDEM_SOURCE:?} build=${TANDEM_BUILD:?}

absent() {
  echo "$1"
  [ "${TANDEM_NEED_OPENCL:-0}" = 0 ] && exit 77
  exit 1
}

runtime=
for folder in /usr/lib/oclgrind /usr/local/lib/oclgrind /usr/local/lib /usr/lib64/oclgrind; do
  [ -r "$folder/liboclgrind-rt-icd.so" ] && runtime=$folder/liboclgrind-rt-icd.so && break
done
[ -n "$runtime" ] || absent "oclgrind is not installed"
[ -x "$build/tests/ops-race" ] || absent "built without OpenCL"
[ -r "$build/backends/tandem-backend-opencl.so" ] || absent "built without the OpenCL backend"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/vendors"
echo "$runtime" >"$work/vendors/oclgrind.icd"
export OCL_ICD_VENDORS=$work/vendors XDG_CACHE_HOME=$work/cache
# Optimised code has intrinsics that oclgrind does not know.
export OCLGRIND_DATA_RACES=1 OCLGRIND_MAX_ERRORS=20 OCLGRIND_BUILD_OPTIONS=-cl-opt-disable

# watched LOG COMMAND...: runs it, and answers 0 when it passed and oclgrind wrote nothing.
watched() {
  local log=$1 status
  shift
  OCLGRIND_LOG=$log "$@"
  status=$?
  [ -f "$log" ] || : >"$log"
  [ $status -eq 0 ] && ! grep -q '[^[:space:]]' "$log"
}

races=("$build/tests/ops-race" "$source/kernels/td_kernel.h" "$source/tests/ops/race.td")
watched "$work/wrong" "${races[@]}" race_wrong && { echo "the race was not found"; exit 1; }
grep -q 'data race' "$work/wrong" || { echo "no word of a race:"; cat "$work/wrong"; exit 1; }
watched "$work/right" "${races[@]}" race_right || { echo "wrongly:"; cat "$work/right"; exit 1; }
echo "the racy kernel is found, its right twin passes"

arguments=()
for kernel in $("$build/tests/tandem-ops" --list | awk '$1 == "kernel" { print $2 }'); do
  arguments+=(--kernel "$kernel")
done
[ ${#arguments[@]} -gt 0 ] || { echo "no kernels are listed"; exit 1; }
watched "$work/log" "$build/tests/tandem-ops" --backend opencl --small "${arguments[@]}" || {
  echo "oclgrind says:"
  head -n 60 "$work/log"
  exit 1
}
