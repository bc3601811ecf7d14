# test_kill.sh - a study that is killed with -9 at random moments and started again ends with the
# same bytes as one that was left alone.
. "$(dirname "$0")/common.sh"

kills=20
[ -n "$sanitize" ] && kills=4
make_recordings rec 5 3 230
study=(rqa study ../rec --modes x:l1,xy:l2 --m 1:8 --tau 1:8 --eps 0.05:0.1:0.002 --lmin 2:3
    --isa plain --threads 2 --quiet -o study.nc --report study.html)
now() { date +%s%N; }

mkdir alone
start=$(now)
(cd alone && "$program" "${study[@]}" >out 2>err) || { cat alone/err; fail "the study"; finish; }
nanoseconds=$(($(now) - start))
echo "left alone: $((nanoseconds / 1000000)) ms"

RANDOM=$((seed % 32768))
killed=0
resumed=0
rounds_max=60
# At least one of the runs must have gone on from a checkpoint, or nothing was tried here.
for ((round = 1; (killed < kills || resumed == 0) && round <= rounds_max; ++round)); do
    mkdir killed
    # Twice in a round, so that a run that goes on is killed too.
    for again in 1 2; do
        (cd killed && exec "$program" "${study[@]}" >out 2>err) &
        child=$!
        sleep "$(awk -v n=$nanoseconds -v r=$RANDOM \
            'BEGIN { printf "%.3f", n * 1e-9 * (0.02 + r / 32768) }')"
        kill -9 $child 2>/dev/null
        wait $child 2>/dev/null
        [ $? -eq 137 ] && killed=$((killed + 1))
        [ -e killed/study.nc ] && break
    done
    if [ -e killed/study.nc ] && [ ! -e killed/study.nc.checkpoint ]; then
        : # it was done before the second kill
    else
        last="round $round" err=
        (cd killed && "$program" "${study[@]}" >out 2>err)
        rc=$?
        cp killed/err err; cp killed/out out
        expect_rc 0
        grep -q "kept from before" killed/out && resumed=$((resumed + 1))
    fi
    expect_same killed/study.nc alone/study.nc "round $round of seed $seed: other bytes"
    expect_file killed/study.html
    expect_no_file killed/study.nc.checkpoint
    rm -rf killed
done 2>/dev/null
echo "$killed kills in $((round - 1)) rounds, $resumed runs went on from a checkpoint"
checks=$((checks + 1)); [ $killed -ge $kills ] || fail "only $killed kills hit a running study"
checks=$((checks + 1))
[ $resumed -gt 0 ] || fail "no run went on from what an earlier one had kept"
finish
