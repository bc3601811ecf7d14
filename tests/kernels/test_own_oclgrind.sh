#!/usr/bin/env bash
# The group primitives and atomics under oclgrind, which runs OpenCL item by item: no races, nothing
# out of bounds, nothing read that was not written. A kernel with a race shows that it finds one.
set -uo pipefail
build=${TANDEM_BUILD:?}
program=$build/tests/t_kernels_own_opencl
runtime=
for folder in /usr/lib/oclgrind /usr/local/lib/oclgrind /usr/local/lib /usr/lib64/oclgrind; do
  [ -r "$folder/liboclgrind-rt-icd.so" ] && runtime=$folder/liboclgrind-rt-icd.so && break
done
[ -n "$runtime" ] || { echo "oclgrind is not installed"; exit 77; }
[ -x "$program" ] || { echo "built without t_kernels_own_opencl"; exit 77; }
[ -z "${TANDEM_SANITIZE:-}" ] || { echo "oclgrind under a sanitizer is not tried"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/vendors"
echo "$runtime" > "$work/vendors/oclgrind.icd"
export OCL_ICD_VENDORS=$work/vendors OCLGRIND_DATA_RACES=1 OCLGRIND_UNINITIALIZED=1
# Optimised code has intrinsics that oclgrind does not know.
export OCLGRIND_MAX_ERRORS=20 OCLGRIND_BUILD_OPTIONS=-cl-opt-disable

OCLGRIND_LOG=$work/race "$program" race > "$work/out" 2>&1
case $? in
  0) ;;
  77) cat "$work/out"; exit 77 ;;
  *) cat "$work/out"; exit 1 ;;
esac
grep -qi 'data race' "$work/race" || { echo "the race was not found"; exit 1; }
TANDEM_OWN_SMALL=1 OCLGRIND_LOG=$work/log "$program" || exit 1
if [ -s "$work/log" ]; then
  head -n 60 "$work/log"
  exit 1
fi
