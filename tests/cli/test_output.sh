# test_output.sh - what goes where: results, progress, JSON, quiet, no escape codes off a terminal,
# closed pipes, full disks.
. "$(dirname "$0")/common.sh"

make_recordings rec 3 1 60
one=rec/control/c1/c1q1.csv
study=(rqa study rec --m 1:2 --eps 0.05,0.1)

plain() { checks=$((checks + 1)); ! grep -q $'\033' out err ||
    fail "$last: an escape code, and this is no terminal"; }

run "${study[@]}" -o a.nc --report a.html; expect_rc 0; expect_err "done in"; plain
run "${study[@]}" -o a.nc --quiet; expect_rc 0; expect_no_err; expect_out "results: a.nc"; plain
run "${study[@]}" -o a.nc --quiet=false; expect_rc 0; expect_err "done in"
NO_COLOR=1 run "${study[@]}" -o a.nc; expect_rc 0; plain
TERM=dumb run "${study[@]}" -o a.nc; expect_rc 0; plain
run rqa run rec/control/c1/c1q1.csv --m 60 --csv --quiet; expect_rc 0; plain

# One JSON document, also for errors; the error's text is on standard error as well.
run "${study[@]}" -o a.nc --report a.html --json; expect_rc 0; expect_json
/usr/bin/python3 - "$work/out" <<'P' || fail "$last: the document is not as documented"
import json, sys
root = json.load(open(sys.argv[1]))
assert root["output"] == "a.nc" and root["report"] == "a.html" and root["figures"] is None
assert root["recordings"] == 6 and root["subjects"] == 6 and root["groups"] == 2
assert root["combinations"] == 4 and root["warnings"] == []
assert [step["name"] for step in root["steps"]][:2] == ["read", "measures"]
assert all(step["seconds"] >= 0 and step["resumed"] is False for step in root["steps"])
assert root["measures"]["units"] > 0 and root["measures"]["units_moved"] == 0
assert root["measures"]["note"] == "" and root["command"].startswith("tandem rqa study rec --m 1:2")
P
checks=$((checks + 1))
run rqa run $one --json; expect_rc 0; expect_json; expect_out '"columns"'
expect_out '"units_split"'
run rqa run $one --m 60 --json; expect_rc 0; expect_json
run rqa export a.nc --m 1 --eps 0.05 --json; expect_rc 0; expect_json; expect_out '"rows"'
run rqa run $one --m 0 --json; expect_rc 2; expect_json; expect_out '"OUT_OF_RANGE"'
expect_err "m is 0"
run rqa run nothing.csv --json --quiet; expect_rc 74; expect_json; expect_err "nothing.csv"
run bench --quick --json --quiet; expect_rc 0; expect_json
expect_out '"triad_bytes_per_second"'; expect_no_err
if [ -z "$sanitize" ]; then
    run bench --quick --quiet; expect_rc 0; expect_out "of the peak"; expect_out "mislead"
fi

# A warning is shown, counted and in the document.
printf 'x\n1\n2\n3\n' >short.csv
run rqa run short.csv --m 9 --csv; expect_rc 0; expect_err "warning: "; expect_out ",nan"
run rqa run short.csv --m 9 --csv --quiet; expect_rc 0; expect_no_err
run rqa run short.csv --m 9 --json; expect_json; expect_out '"warnings": ['; expect_out null

# A reader that goes away is no error to talk about; a full disk is.
"$program" rqa run $one --m 1:20 --tau 1:20 --eps 0.01:0.5:0.01 --csv --quiet 2>err | head -1 >out
last="a closed pipe" rc=${PIPESTATUS[0]} out=$(cat out) err=$(cat err)
expect_rc 141; expect_no_err; expect_out "recording,group"
if [ -w /dev/full ]; then
    "$program" rqa run $one --csv --quiet >/dev/full 2>err
    last="a full disk" rc=$? out= err=$(cat err)
    expect_rc 74; expect_err "standard output"
fi

# The time limit stops cleanly.
awk 'BEGIN { print "x"; for (i = 0; i < 60000; ++i) print (i * 7919) % 10007 / 10007 }' >long.csv
run rqa run long.csv --m 1:5 --isa plain --eps 0.3 --timeout 0.2 --csv; expect_rc 124
expect_err "time limit of 0.2 s"
expect_no_out
run "${study[@]}" -o b.nc --timeout 100; expect_rc 0; expect_file b.nc

# SIGTERM is Ctrl-C: what is finished is kept, and both texts say how to go on.
make_recordings many 6 4 300
stop=(rqa study many --modes x:l1,xy:l2 --m 1:10 --tau 1:10 --eps 0.05:0.1:0.001 --isa plain
    -o stop.nc --json)
"$program" "${stop[@]}" >out 2>err &
child=$!
for ((i = 0; i < 500; ++i)); do
    [ -e stop.nc.checkpoint ] && break
    sleep 0.01
done
kill -TERM $child
wait $child
rc=$? last="a study that gets SIGTERM" out=$(cat out) err=$(cat err)
expect_rc 130; expect_json; expect_out '"CANCELLED"'; expect_out '"resumable":true'
expect_err "run the same command again"; expect_err "tandem rqa study many --modes x:l1,xy:l2"
plain; expect_no_file stop.nc

# A second process on the same files is told who has them, and nothing of going on: the first is
# at it. The lock is held by a process that does nothing else, so that no time matters.
/usr/bin/python3 -c 'import fcntl, os, signal, sys
file = open("stop.nc.checkpoint.lock", "w")
fcntl.flock(file, fcntl.LOCK_EX)
file.write("process %d on here\n" % os.getpid())
file.flush()
open("held", "w").close()
signal.pause()' &
child=$!
for ((i = 0; i < 500; ++i)); do
    [ -e held ] && break
    sleep 0.01
done
run "${stop[@]}"; expect_rc 74; expect_json; expect_out '"resumable":false'
expect_err "in use by process $child on here, which is still running"
checks=$((checks + 1)); [[ $err != *"run the same command again"* ]] ||
    fail "$last: speaks of going on while another process is at it"
kill -KILL $child; wait $child 2>/dev/null
rm -f stop.nc.checkpoint*

# Warnings of an engine come from --verbose, too; results do not depend on any of it.
run rqa run $one --csv --verbose; expect_rc 0; cp out wanted
run rqa run $one --csv --quiet; expect_rc 0; expect_same out wanted "quiet changes the result"
run rqa run $one --csv --memory 64 --fallback none; expect_rc 0
expect_same out wanted "a budget changes the result"
finish
