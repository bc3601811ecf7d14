# test_disk_full.sh - the disk is full in the middle of a study: a clear message, exit code 74, no
# broken file; with room again the study goes on and ends with the same bytes.
. "$(dirname "$0")/common.sh"

make_recordings rec 5 3 130
study=(rqa study ../rec --modes x:l1,xy:l2 --m 1:8 --tau 1:8 --eps 0.05:0.1:0.002 --lmin 2:3
    --threads 2 --quiet -o study.nc --report study.html)
mkdir alone
(cd alone && "$program" "${study[@]}" >out 2>err) || { cat alone/err; fail "the study"; finish; }
bytes=$(stat -c %s alone/study.nc)

# in_folder: the study in the current folder, with its output where run would have put it.
in_folder() {
    last="the study with $1"
    "$program" "${study[@]}" >"$work/out" 2>"$work/err"
    rc=$?
    out=$(cat "$work/out") err=$(cat "$work/err")
}
expect_full() {
    expect_rc 74; expect_err "tandem rqa study: "; expect_no_out
    checks=$((checks + 1))
    [[ $err == *study* && ${#err} -gt 60 ]] || fail "$last: the message says too little: $err"
    expect_no_file study.nc
    checks=$((checks + 1))
    [ -z "$(find . -name 'study.nc?*' ! -name 'study.nc.checkpoint*')" ] ||
        fail "$last: leaves $(ls)"
}

# The checkpoint is that of another grid, and stays as it is: nobody is told to try it again.
refuse_another() {
    run rqa study ../rec --m 2 -o study.nc --json
    expect_rc 2; expect_out '"resumable":false'; expect_err "or delete the checkpoint"
    checks=$((checks + 1)); [[ $err != *"same command"* ]] || fail "$last: told to run it again"
}

# A limit on the size of files: the checkpoint, or at last the result, does not fit.
for kib in 4 64 512 $((bytes / 1024 - 40)); do
    mkdir limited && cd limited || exit 1
    (ulimit -f "$kib"; "$program" "${study[@]}" >"$work/out" 2>"$work/err")
    rc=$? last="the study with files of at most $kib KiB"
    out=$(cat "$work/out") err=$(cat "$work/err")
    expect_full
    [ "$kib" -le 512 ] || refuse_another
    in_folder "room again after $kib KiB"
    expect_rc 0
    expect_same study.nc ../alone/study.nc "other bytes after a limit of $kib KiB"
    expect_no_file study.nc.checkpoint
    cd .. && rm -rf limited
done

# A small file system, where we may mount one.
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=$((bytes / 2048))k \
    tandem-test small 2>/dev/null; then
    cd small || exit 1
    in_folder "a file system of $((bytes / 2048)) KiB"
    expect_full
    mount -o remount,size=$((bytes / 1024 * 4 + 65536))k "$work/small"
    in_folder "room again on the file system"
    expect_rc 0
    expect_same study.nc ../alone/study.nc "other bytes after a full file system"
    cd .. && umount small
else
    echo "no file system can be mounted here: limits on files only"
fi
finish
