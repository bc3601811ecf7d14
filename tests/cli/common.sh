# common.sh - what the scripts here share: a temporary folder, the program, and checks that say
# what was expected. Sourced, not run.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=${TANDEM_SOURCE:-$here/../..}
program=${TANDEM_PROGRAM:-$source_tree/build/tandem}
sanitize=${TANDEM_SANITIZE:-}
[ -x "$program" ] || { echo "skipped: $program is not built"; exit 77; }
seed=${TANDEM_SEED:-$(date +%s)}
echo "seed TANDEM_SEED=$seed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset NO_COLOR
export TERM=xterm
# OpenCL's loader, PoCL and LLVM keep memory until the process ends; what is ours is still told.
# Of C++ there is only study/pvalue.cpp, which allocates nothing.
printf 'leak:%s\n' libpocl libLLVM libclang libhwloc pocl-devices libOpenCL "operator new" \
    >"$work/leaks"
export LSAN_OPTIONS=suppressions=$work/leaks:print_suppressions=0
checks=0
failures=0

fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    [ -s "$work/err" ] && sed 's/^/    stderr: /' "$work/err" | head -5
}

# run ARGUMENTS..: the program, with its output in $out, $err (files out, err) and $rc.
run() {
    last="tandem $*"
    "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
    rc=$?
    out=$(head -c 200000 "$work/out" | tr -d '\0')
    err=$(head -c 200000 "$work/err" | tr -d '\0')
}

expect_rc() { checks=$((checks + 1)); [ "$rc" -eq "$1" ] ||
    fail "$last: exit code $rc, expected $1"; }
expect_out() { checks=$((checks + 1)); [[ $out == *"$1"* ]] ||
    fail "$last: \"$1\" is not on standard output"; }
expect_err() { checks=$((checks + 1)); [[ $err == *"$1"* ]] ||
    fail "$last: \"$1\" is not on standard error"; }
expect_no_out() { checks=$((checks + 1)); [ -z "$out" ] ||
    fail "$last: standard output is not empty"; }
expect_no_err() { checks=$((checks + 1)); [ -z "$err" ] ||
    fail "$last: standard error is not empty"; }
expect_same() { checks=$((checks + 1)); cmp "$1" "$2" || fail "$3"; }
expect_file() { checks=$((checks + 1)); [ -s "$1" ] || fail "$last: $1 is not there, or empty"; }
expect_no_file() { checks=$((checks + 1)); [ ! -e "$1" ] || fail "$last: $1 is there"; }
expect_json() {
    checks=$((checks + 1))
    /usr/bin/python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$work/out" ||
        fail "$last: standard output is not one JSON document"
}

# make_recordings FOLDER SUBJECTS-A-GROUP TASKS SAMPLES: made-up gaze of two groups, x and y.
make_recordings() {
    /usr/bin/python3 "$here/make_recordings.py" "$@" 7
}

finish() {
    echo "$checks checks, $failures failed"
    [ "$checks" -gt 0 ] && [ "$failures" -eq 0 ]
    exit $?
}
