# test_devices.sh - the flags that say where work runs, and what is told of devices. What needs an
# OpenCL device (PoCL will do) or the driver that tests play runs where the build has it.
. "$(dirname "$0")/common.sh"

make_recordings rec 3 1 120
one=rec/control/c1/c1q1.csv
grid=(--m 1:3 --eps 0.05:0.1:0.01)
build=${TANDEM_BUILD:-$(dirname "$program")}
fake=$build/tests/fake-cuda

# check_document TEXT: python's statements on the document, "root".
check_document() {
    checks=$((checks + 1))
    /usr/bin/python3 -c "import json, sys
root = json.load(open(sys.argv[1]))
$1" "$work/out" || fail "$last: the document is not as documented"
}

# ---- The list -------------------------------------------------------------------------------
run devices; expect_rc 0; expect_no_err; expect_out "cpu  "; expect_out "free of"
run devices --json; expect_rc 0; expect_json
check_document '
last = root["devices"][-1]
assert last["name"] == "cpu" and last["fit"] and last["preferred"] and last["kind"] == "cpu"
for device in root["devices"]:
    assert device["memory_bytes_total"] >= device["memory_bytes_free"] >= 0, device
    assert device["fit"] or device["reason"], device
for backend in root["backends"]:
    assert backend["usable"] or backend["reason"], backend
names = [device["name"].split(":")[0] for device in root["devices"]]
for backend in root["backends"]:
    assert names.count(backend["name"]) == backend["devices"], backend'
run devices --device cpu --json; expect_rc 0
check_document '
assert [device["name"] for device in root["devices"]] == ["cpu"]
assert root["backends"] == [], "a backend was loaded for the CPU"
for unknown in ("units", "clock_mhz", "compute_major", "compute_minor", "float64_cost",
                "memory_clock_mhz", "memory_bus_bits", "memory_bytes_limit"):
    assert root["devices"][0][unknown] is None, unknown'
run devices --device cpu --bench --seconds 0.05; expect_rc 0; expect_out "to device"
run devices --device cpu --bench --seconds 0.05 --json --quiet; expect_rc 0; expect_no_err
check_document '
rates = root["devices"][0]["rates"]
assert rates["to_device_bytes_per_second"] > 0 and rates["to_host_bytes_per_second"] > 0
assert root["devices"][0]["share"]["float32"] is None
assert rates["float32_per_second"] is None and rates["launch_seconds"] is None, rates
assert root["devices"][0]["sheet"]["float32_unfused_per_second"] is None'
run devices --bench --seconds 0; expect_rc 2; expect_err "seconds is 0"
run devices --bench --seconds 61; expect_rc 2

# ---- Flags ----------------------------------------------------------------------------------
for command in "run $one" "study rec -o a.nc"; do
    # shellcheck disable=SC2086
    run rqa $command --device cuda:9; expect_rc 6; expect_err 'device is "cuda:9"'
    # shellcheck disable=SC2086
    run rqa $command --device cpu,cpu; expect_rc 2; expect_err "twice"
    # shellcheck disable=SC2086
    run rqa $command --device auto,cpu; expect_rc 2; expect_err "auto stands alone"
    # shellcheck disable=SC2086
    run rqa $command --device-memory 4; expect_rc 2; expect_err "device_memory is"
    expect_err "4GiB"
    # shellcheck disable=SC2086
    run rqa $command --device cpu --device-memory 64MiB --quiet; expect_rc 0; expect_no_err
    # shellcheck disable=SC2086
    run rqa $command --device ""; expect_rc 0
done
expect_no_file a.nc.checkpoint
run rqa run $one --help; expect_out "--device-memory"; expect_out "--explain"
run rqa run $one --help-all; expect_out "--trace FILE"
run rqa plot $one -o a.png --trace t.json; expect_rc 2; expect_err "unknown flag --trace"

# ---- Why, and what it did -------------------------------------------------------------------
run rqa run $one "${grid[@]}" --csv --quiet; expect_rc 0; cp out wanted
run rqa run $one "${grid[@]}" --csv --explain; expect_rc 0; expect_err "plan: cpu, "
expect_err "thought on"; expect_same out wanted "--explain changes the result"
run rqa run $one "${grid[@]}" --csv --explain --device cpu; expect_err "asked for by name"
run rqa run $one "${grid[@]}" --json --explain; expect_rc 0
check_document '
assert root["plan"]["device"] == "cpu" and root["plan"]["choice"] and root["plan"]["units"] > 0
assert root["run"]["devices"][0]["name"] == "cpu", root["run"]
assert abs(root["run"]["devices"][0]["work_share"] - 1) < 1e-9
assert 0 <= root["run"]["devices"][0]["utilisation"] <= 1'
run rqa run $one "${grid[@]}" --json; expect_rc 0
check_document 'assert "plan" not in root and "trace" not in root'
run rqa run $one "${grid[@]}" --csv; expect_rc 0
checks=$((checks + 1)); [[ $err != *"device "* ]] || fail "$last: tells of the plain CPU"
run rqa run $one "${grid[@]}" --csv --verbose; expect_rc 0; expect_err "measures: "; expect_err busy
run rqa study rec "${grid[@]}" -o a.nc --explain --json; expect_rc 0
check_document '
assert root["plan"]["device"] == "cpu"
assert root["measures"]["devices"][0]["units"] == root["measures"]["units"]'

# on_device NAME: the same results as on the CPU, with everything told.
on_device() {
    local device=$1
    run rqa run $one "${grid[@]}" --csv --quiet --device "$device"; expect_rc 0; expect_no_err
    expect_same out wanted "$device gives other results than the CPU"
    run rqa run $one "${grid[@]}" --csv --device "$device" --explain; expect_rc 0
    expect_err "plan: $device"; expect_err "asked for by name"; expect_err "kernels"
    expect_err "to device"; expect_same out wanted "$device gives other results when explained"
    run rqa run $one "${grid[@]}" --json --device "$device"; expect_rc 0
    check_document "
run = root['run']
assert run['device'] == '$device' and run['units_moved'] == 0, run
first = run['devices'][0]
assert first['name'] == '$device' and first['launches'] > 0 and first['bytes_peak'] > 0, first
assert first['bytes_to_device'] > 0 and first['bytes_to_host'] > 0, first
assert first['seconds_kernel'] > 0 and first['seconds_copy'] > 0, first
assert 0 < first['utilisation'] <= 1 and not first['lost'], first"
    # A budget below every need: the CPU takes over and that is told, or the run fails.
    run rqa run $one "${grid[@]}" --csv --device "$device" --device-memory 64B; expect_rc 0
    expect_same out wanted "a small budget on $device changes the result"
    expect_err "cpu ran all of it: the plan on $device: "; expect_err "allowed 64"
    run rqa run $one "${grid[@]}" --json --device "$device" --device-memory 64B; expect_rc 0
    check_document "
assert root['run']['device'] == 'cpu' and root['run']['note'], root['run']"
    run rqa run $one "${grid[@]}" --csv --device "$device" --device-memory 64B --fallback none
    expect_rc 5; expect_no_out
    run devices --device "$device" --bench --seconds 0.1; expect_rc 0; expect_out "float32"
    expect_out "launch"
    run devices --device "$device" --bench --seconds 0.1 --json; expect_rc 0
    check_document "
rates = root['devices'][0]['rates']
for name in ('startup_seconds', 'launch_seconds', 'to_device_bytes_per_second',
             'on_device_bytes_per_second', 'float32_per_second', 'int32_per_second'):
    assert rates[name] > 0, name"
}

if "$program" devices 2>/dev/null | grep -q '^opencl:0'; then
    on_device opencl:0
    run doctor; expect_out "opencl:0"
    if "$program" devices | grep -A9 '^opencl:0' | grep -q "this CPU"; then
        run devices --json
        check_document '
device = [d for d in root["devices"] if d["name"] == "opencl:0"][0]
assert not device["preferred"] and device["reason"] and device["fit"]'
    fi
else
    echo "no OpenCL device here: not looked at"
fi

# ---- The driver that tests play: it shows the texts, not that anything runs on a GPU ---------
if [ -e "$fake/libcuda.so.1" ] && [ -e "$build/backends/tandem-backend-cuda.so" ]; then
    export LD_LIBRARY_PATH=$fake
    on_device cuda:0
    run devices --device cuda:0 --bench --seconds 0.05; expect_out "compute capability 9.0"
    expect_out "132 units at 1980 MHz"; expect_out "of 3.352 TB/s"
    expect_out "128 lanes x 132 units x 1980 MHz"; expect_out "fused multiply-add"
    run doctor; expect_rc 0; expect_out "cuda:0"
    FAKE_CUDA_DEVICES=2 run rqa run rec "${grid[@]}" --csv --device cuda:0,cuda:1; expect_rc 0
    cp out two
    run rqa run rec "${grid[@]}" --csv --quiet --device cpu; expect_rc 0
    expect_same out two "two devices give other results than the CPU"
    # An address that is none ends the device; the CPU goes on, and all of it is told.
    FAKE_CUDA_FAIL=cuLaunchKernel:5:700 run rqa run $one "${grid[@]}" --csv --device cuda:0
    expect_rc 0; expect_same out wanted "a lost device changes the result"
    expect_err "is taken out of use"; expect_err "1 was moved to another device: unit 0 on cuda:0"
    expect_err "  lost"
    FAKE_CUDA_FAIL=cuLaunchKernel:5:700 run rqa run $one "${grid[@]}" --json --device cuda:0
    check_document '
run = root["run"]
assert run["units_moved"] == 1 and run["note"] and run["device"] == "cpu", run
assert [d["name"] for d in run["devices"]] == ["cuda:0", "cpu"] and run["devices"][0]["lost"]
assert any("moved" in warning for warning in root["warnings"])'
    FAKE_CUDA_FAIL=cuLaunchKernel:5:700 run rqa run $one "${grid[@]}" --device cuda:0 \
        --fallback none --csv
    expect_rc 7; expect_no_out
    FAKE_CUDA_VERSION=9000 run doctor; expect_rc 0; expect_out "driver"; expect_out "too old"
    FAKE_CUDA_VERSION=9000 run rqa run $one --device cuda:0; expect_rc 6; expect_err "too old"
    unset LD_LIBRARY_PATH
else
    echo "no played CUDA driver in this build: not looked at"
fi
run doctor; expect_rc 0; expect_out "not yet run on a GPU: td_fill, "; expect_out "NVML"
finish
