#!/usr/bin/env bash
# test_device_bench.sh - tandem-device-bench that is killed leaves what it has measured, marked as
# incomplete; and what needs a second process is skipped on a GPU that one alone may open (played).
set -uo pipefail
build=${TANDEM_BUILD:?}
bench=$build/bench/tandem-device-bench
[ -x "$bench" ] || { echo "skipped: $bench was not built"; exit 77; }
work=$(mktemp -d) || exit 1
child=
trap '[ -n "$child" ] && kill -9 "$child" 2>/dev/null; rm -rf "$work"' EXIT
failed=0
expect() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" || { echo "FAIL $what"; failed=1; }
}

# ---- Cut off ----------------------------------------------------------------------------------
files=(--json "$work/cut.json" --markdown "$work/cut.md" --table "$work/cut.txt")
"$bench" --backend plain --folder "$build/tests/plugins" --quick "${files[@]}" \
  >"$work/out" 2>&1 &
child=$!
for ((i = 0; i < 1200; ++i)); do
  grep -qs '"equal": true' "$work/cut.json" && break
  kill -0 "$child" 2>/dev/null || break
  sleep 0.05
done
expect "it was still at work" kill -9 "$child"
wait "$child" 2>/dev/null
child=
expect "a row in JSON" grep -q '"equal": true' "$work/cut.json"
expect "JSON says that more is to come" grep -q '"complete": false' "$work/cut.json"
expect "JSON is whole" python3 -m json.tool "$work/cut.json" "$work/tool"
expect "Markdown says so" grep -q '^\*\*Incomplete' "$work/cut.md"
expect "a row in Markdown" grep -q '^| N = .* equal |$' "$work/cut.md"
expect "the table says so" grep -q '^INCOMPLETE' "$work/cut.txt"
[ $failed -eq 0 ] || cat "$work/out"

# ---- One process only -------------------------------------------------------------------------
said='the GPU is in exclusive mode'
driver=$build/tests/fake-cuda
if [ -e "$driver/libcuda.so.1" ] && [ -f "$build/backends/tandem-backend-cuda.so" ]; then
  # hold MODE: a process that the driver refuses, in a mode.
  hold() {
    FAKE_CUDA_MODE=$1 FAKE_CUDA_FAIL=cuDevicePrimaryCtxRetain:1:46 LD_LIBRARY_PATH=$driver \
      "$build/bench/tandem-device-hold" cuda 0 "$build/backends" </dev/null
  }
  expect "exclusive mode is told" [ "$(hold 3)" = "$said" ]
  expect "another reason is told" grep -q '^cannot open cuda: .*(46)' <(hold 0)
fi
if [ -z "${TANDEM_SANITIZE:-}" ]; then
  # second SAYS: the whole of it, beside a second process that says so and holds nothing.
  second() {
    printf '#!/bin/sh\necho "%s"\nexit 1\n' "$1" >"$work/hold"
    chmod +x "$work/hold"
    "$bench" --backend plain --folder "$build/tests/plugins" --quick --hold "$work/hold" \
      --json "$work/one.json" --table "$work/one.txt" >"$work/out" 2>&1
  }
  second "$said"
  expect "exclusive mode is no failure" [ $? -eq 0 ]
  expect "it is skipped" grep -q "skipped: $said\$" "$work/one.txt"
  expect "all is there" grep -q '"complete": true' "$work/one.json"
  [ $failed -eq 0 ] || cat "$work/out"
fi
[ $failed -eq 0 ] && echo passed
exit $failed
