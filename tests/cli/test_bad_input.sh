# test_bad_input.sh - what a new user gets wrong: each message says what, which and what is
# allowed, the exit code is the status's, and nothing is left behind.
. "$(dirname "$0")/common.sh"

make_recordings rec 2 1 60
one=rec/control/c1/c1q1.csv
mkdir empty folder

# bad EXIT-CODE PART-OF-THE-MESSAGE ARGUMENTS..
bad() {
    local code=$1 part=$2
    shift 2
    run "$@"
    expect_rc "$code"; expect_err "$part"; expect_err "tandem"; expect_no_out
    checks=$((checks + 1)); [[ $err != *": $"* && ${#err} -gt 20 ]] || fail "$last: a bare message"
    # With --json the same error is one document on standard output.
    run "$@" --json
    expect_rc "$code"; expect_json; expect_out '"error"'; expect_err "$part"
}

bad 2 'unknown command "rpa"' rpa
bad 2 'did you mean "rqa study"' rqa stduy
bad 2 'did you mean "rqa study"' study rec
bad 2 "did you mean --theiler-diagonal?" rqa run $one --theiler-diagnal 2
bad 2 "did you mean --eps?" rqa run $one --esp 2
bad 2 "unknown flag -x" rqa run $one -x
bad 2 "FILE... is missing" rqa run
bad 2 "DIR|MANIFEST is missing" rqa study
# No result takes the place of a recording.
for flag in "-o $one" "-o s.nc --report $one" "-o s.nc --checkpoint $one"; do
  # shellcheck disable=SC2086
  bad 2 "is one of the recordings in rec" rqa study rec --m 1 --eps 0.05 $flag
done
bad 2 "is the same file as a recording" rqa study rec --m 1 --eps 0.05 -o s.nc --trace $one
bad 2 "unexpected argument" rqa study rec more
bad 2 "--eps is given twice" rqa run $one --eps 1 --eps 2
bad 2 "must be one whole number" rqa run $one --vmin two
bad 2 "allowed true or false" rqa run $one --strict=perhaps
bad 2 "given twice" rqa run $one $one
run rqa run $one --eps; expect_rc 2; expect_err "--eps needs a value"; expect_err "Try"

# Ranges: by the engine for grids, by the tables for single values.
for command in "run $one" "study rec -o x.nc" "plot $one -o x.png"; do
    # shellcheck disable=SC2086
    {
        bad 2 "eps is -1, allowed 0 to 1e+300" rqa $command --eps -1
        bad 2 "m is 0, allowed 1 to 64" rqa $command --m 0
        bad 2 "tau is 0, allowed 1 to" rqa $command --tau 0
        bad 2 "eps is nan, allowed 0 to 1e+300" rqa $command --eps nan
        bad 2 "m" rqa $command --m one
        bad 2 "x:l3" rqa $command --modes x:l3
    }
done
bad 2 "lmin is 0, allowed 1 to" rqa run $one --lmin 0
bad 2 "lmin" rqa study rec --lmin 3:2 -o x.nc
bad 2 "eps" rqa study rec --eps 0.1:0.05:0.001 -o x.nc
bad 2 "eps" rqa study rec --eps 0.1:0.2:0 -o x.nc
bad 2 "m" rqa study rec --m 1,1 -o x.nc
bad 2 "m" rqa study rec --m "" -o x.nc
bad 2 "profile" rqa run $one --profile matlab
bad 2 "allowed marwan" rqa run $one --profile matlab
bad 2 'measures has "recurrence", allowed rr, det' rqa run $one --measures rr,recurrence
bad 2 'measures has ""' rqa run $one --measures rr,
bad 2 "threads is 5000, allowed 0 to 1024" rqa run $one --threads 5000
bad 2 "allowed absolute, sd, rate" rqa run $one --eps-unit meter
bad 6 "tandem devices" rqa run $one --device opencl:3

# Files and folders.
bad 74 "nowhere" rqa study nowhere -o x.nc
bad 74 "nothing.csv" rqa run nothing.csv
bad 74 "no folder missing; make it first" rqa study rec -o missing/x.nc
bad 74 "no folder missing" rqa study rec -o x.nc --report missing/x.html
bad 74 "is a folder" rqa study rec -o folder
mkdir folder.png; bad 74 "is a folder" rqa plot $one -o folder.png
bad 2 ".png or .svg" rqa plot $one -o plot.gif
bad 2 "-o is missing" rqa plot $one
bad 74 "missing" rqa plot $one -o missing/plot.png
bad 2 "name one file" rqa plot rec -o plot.png
bad 2 "same file" rqa study rec -o x.nc --report x.nc
bad 2 "holds no recordings" rqa recommend folder
bad 74 "nothing.nc" rqa export nothing.nc
bad 65 "$one" rqa export $one
run rqa study empty -o x.nc; checks=$((checks + 1)); [ "$rc" -ne 0 ] ||
    fail "an empty folder is no study"; expect_err "empty"; expect_no_out
expect_no_file x.nc; expect_no_file x.nc.checkpoint

# Recordings that are none: named with their line, left out only when asked.
cp -r rec broken
printf 'x,y\n0.1,0.2\n0.3\n' >broken/control/c1/c1q1.csv
run rqa study broken -o x.nc; expect_rc 65; expect_err "c1q1.csv:3"; expect_no_file x.nc
printf 'x,y\n0.1,0.2\nfoo,0.3\n' >broken/control/c1/c1q1.csv
run rqa study broken -o x.nc; expect_rc 65; expect_err "c1q1.csv:3"; expect_err "foo"
: >broken/control/c1/c1q1.csv
run rqa study broken -o x.nc; expect_rc 65; expect_err "c1q1.csv"; expect_no_file x.nc
run rqa study broken --skip-bad -o x.nc; expect_rc 0; expect_err "c1q1.csv"; expect_out "left out"
printf 'a,b\n1,2\n' >other.csv
run rqa run other.csv; expect_rc 2; expect_err "--columns"; expect_err "other.csv"
run rqa run other.csv --columns a,b --csv; expect_rc 0; expect_err "warning"
printf 'x\n1\n2\n' >one_column.csv
bad 2 "one_column.csv:1: has no column y, which mode xy:l2 reads" rqa run one_column.csv \
    --modes x:l1,xy:l2
cp one_column.csv broken/control/c1/c1q1.csv
bad 2 "c1q1.csv:1: has no column y" rqa study broken --modes xy:l2 -o x.nc
run rqa study broken --modes x:l1,xy:l2 --skip-bad -o x.nc; expect_rc 0; expect_out "left out"

printf 'x;y\n1,5;2\n' >comma.csv
bad 65 "decimal commas are not read: write 1.5" rqa run comma.csv
printf 'x\n1\ninf\n' >infinite.csv
bad 65 "infinities are not allowed, NaN or an empty field marks a missing sample" \
    rqa run infinite.csv

# Points that the study does not hold.
run rqa study rec --m 1:2 --eps 0.05,0.1 -o grid.nc --statistics=false; expect_rc 0
bad 2 "m" rqa export grid.nc --eps 0.05
bad 2 "0.05, 0.1" rqa export grid.nc --m 1 --eps 0.07
bad 2 "has no eye metrics" rqa export grid.nc --m 1 --eps 0.05 --features
bad 74 "missing" rqa export grid.nc --m 1 --eps 0.05 -o missing/one.csv

# Text that is no error: edge values of the analysis.
run rqa run $one --eps 0 --csv; expect_rc 0
run rqa run one_column.csv --m 5 --csv; expect_rc 0; expect_out "nan"; expect_err "warning"
run rqa run $one --theiler-diagonal -1 --csv; expect_rc 0
run rqa run $one --theiler-diagonal=3 --strict --csv; expect_rc 0
finish
