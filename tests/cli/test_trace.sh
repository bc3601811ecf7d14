# test_trace.sh - --trace: the file of a real run, on the CPU and, where there is one, on a device.
. "$(dirname "$0")/common.sh"

make_recordings rec 3 1 120
one=rec/control/c1/c1q1.csv
study=(rqa study rec --m 1:4 --tau 1:3 --eps 0.05,0.1 -o a.nc)

# check_trace FILE TEXT: python's statements on "events" (the list), "bars", "named" (pid, tid to
# name) and "process" (pid to name), after what holds for every trace.
check_trace() {
    checks=$((checks + 1))
    /usr/bin/python3 -c "
import json, sys
root = json.load(open(sys.argv[1]))
events = root['traceEvents']
process = {e['pid']: e['args']['name'] for e in events if e['name'] == 'process_name'}
named = {(e['pid'], e['tid']): e['args']['name'] for e in events if e['name'] == 'thread_name'}
bars = [e for e in events if e['ph'] == 'X']
assert root['otherData']['dropped'] == 0
assert len(set(process.values())) == len(process), process
for e in bars:
    assert e['ts'] >= 0 and e['dur'] >= 0, e
    assert e['pid'] in process and (e['pid'], e['tid']) in named, e
# Bars of one thread lie in one another or side by side.
threads = {}
for e in bars:
    threads.setdefault((e['pid'], e['tid']), []).append((e['ts'], -e['dur']))
for where, spans in threads.items():
    open_until = []
    for begin, length in sorted(spans):
        while open_until and open_until[-1] <= begin + 2e-3:
            open_until.pop()
        assert not open_until or begin - length <= open_until[-1] + 2e-3, (named[where], begin)
        open_until.append(begin - length)
$2" "$1" || fail "$last: the trace is not as documented"
}

run "${study[@]}" --device cpu --trace t.json; expect_rc 0; expect_file t.json
expect_err "trace: t.json, "; expect_err "slowest units"; expect_no_file t.json.part
check_trace t.json '
assert process == {1: "host"}, process
units = [e for e in bars if e["cat"] == "unit"]
assert {e["args"]["operation"] for e in units} == {"rqa.measures", "stats.groups"}
assert all(named[e["pid"], e["tid"]].startswith("worker ") for e in units)
assert all(e["args"]["device"] == "cpu" for e in units)
assert [e for e in bars if e["cat"] == "store"]'
rm a.nc
run "${study[@]}" --trace t.json --json --quiet; expect_rc 0; expect_json; expect_no_err
/usr/bin/python3 - "$work/out" <<'P' || fail "$last: the document is not as documented"
import json, sys
root = json.load(open(sys.argv[1]))
trace = root["trace"]
assert trace["file"] == "t.json" and trace["events"] > 0 and trace["dropped"] == 0
assert trace["units"] and trace["devices"] == [] and trace["copies"] == []
lengths = [unit["seconds"] for unit in trace["units"]]
assert lengths == sorted(lengths, reverse=True)
P
checks=$((checks + 1))
run rqa run $one --csv --quiet; cp out wanted
run rqa run $one --csv --quiet --trace=t.json; expect_rc 0; expect_no_err
expect_same out wanted "--trace changes the result"
check_trace t.json 'assert [e["name"] for e in bars] == ["unit 0"], bars'

# Places that cannot be written are told before the work; a full disk leaves the old file.
run rqa run $one --trace nowhere/t.json; expect_rc 74; expect_err "nowhere"; expect_no_out
run rqa run $one --trace rec; expect_rc 74; expect_err "rec"; expect_no_out
run rqa run $one --trace /dev/full; expect_rc 74; expect_err "no file"; expect_no_out
# Nor does a trace take the place of what is read or written: that is lost otherwise.
cp $one kept.csv
for path in $one ./$one; do
    run rqa run $one --trace $path; expect_rc 2; expect_err "recording"; expect_no_out
done
expect_same $one kept.csv "--trace replaces a recording"
ln -sf "$PWD/$one" link.csv
run rqa run $one --trace link.csv; expect_rc 2; expect_err "same file"
expect_same $one kept.csv "--trace replaces a recording through a link"
rm -f a.nc
run "${study[@]}" --trace a.nc; expect_rc 2; expect_err "--output"; expect_no_file a.nc
run "${study[@]}" --report r.html --trace ./r.html; expect_rc 2; expect_err "--report"
expect_no_file a.nc; expect_no_file r.html
# A trace that cannot be written after all takes no result with it.
mkdir late.json.part
run rqa run $one --csv --trace late.json; expect_rc 74; expect_err "late.json"
expect_same out wanted "a trace that cannot be written takes the result with it"
run rqa run $one --json --trace late.json; expect_rc 74; expect_json
run "${study[@]}" --trace late.json; expect_rc 74; expect_out "results: a.nc"; expect_file a.nc
run rqa run $one --csv --device cpu --trace t.json; expect_err ", 1 event; open"
# A run that is stopped has a trace as well.
awk 'BEGIN { print "x"; for (i = 0; i < 60000; ++i) print (i * 7919) % 10007 / 10007 }' >long.csv
rm -f t.json
run rqa run long.csv --m 1:5 --isa plain --eps 0.3 --device cpu --timeout 0.2 --csv --trace t.json
expect_rc 124; expect_err "time limit"; expect_file t.json
check_trace t.json 'assert process == {} or process == {1: "host"}'

# on_device NAME
on_device() {
    rm -f a.nc
    run "${study[@]}" --device "$1" --trace d.json; expect_rc 0; expect_err "kernels"
    expect_err "slowest copies"; expect_err "computed"; expect_err "$1, in the"
    check_trace d.json "
assert set(process.values()) == {'$1', 'host'}, process
device = [e for e in bars if process[e['pid']] == '$1']
assert {'kernel', 'copy'} == {e['cat'] for e in device}, {e['cat'] for e in device}
assert all(named[e['pid'], e['tid']].startswith('stream ') for e in device)
assert any(e['name'].startswith('rqa_') for e in device)
assert all(e['args']['bytes'] > 0 for e in device if e['cat'] == 'copy')
assert [e for e in bars if e['cat'] == 'wait']
memory = [e['args']['bytes'] for e in events if e['ph'] == 'C']
assert max(memory) > 0 and memory[-1] == 0, memory
units = [e for e in bars if e['cat'] == 'unit' and e['args']['device'] == '$1']
first = min(e['ts'] for e in units)
last = max(e['ts'] + e['dur'] for e in units)
# The clock of a device is tied to the host's as well as a loaded machine lets it: microseconds
# when nothing comes between the two looks, some milliseconds at worst.
late = 5000
assert all(first - late <= e['ts'] and e['ts'] + e['dur'] <= last + late for e in device), \
    (first, last, min(e['ts'] for e in device), max(e['ts'] + e['dur'] for e in device))"
    rm -f a.nc
    run "${study[@]}" --device "$1" --trace d.json --json; expect_rc 0
    /usr/bin/python3 - "$work/out" "$1" <<'P' || fail "$last: the document is not as documented"
import json, sys
trace = json.load(open(sys.argv[1]))["trace"]
device = trace["devices"][0]
assert device["name"] == sys.argv[2] and device["parts"]["kernels"] > 0
assert abs(sum(device["parts"].values()) - device["seconds"]) < 1e-6 * max(1, device["seconds"])
assert trace["kernels"] and trace["copies"] and trace["launches"]
P
    checks=$((checks + 1))
}

build=${TANDEM_BUILD:-$(dirname "$program")}
fake=$build/tests/fake-cuda
if "$program" devices 2>/dev/null | grep -q '^opencl:0'; then
    on_device opencl:0
else
    echo "no OpenCL device here: not looked at"
fi
if [ -e "$fake/libcuda.so.1" ] && [ -e "$build/backends/tandem-backend-cuda.so" ]; then
    export LD_LIBRARY_PATH=$fake
    on_device cuda:0
else
    echo "no played CUDA driver in this build: not looked at"
fi
finish
