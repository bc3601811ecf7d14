# test_fixed_lines.sh - the command lines that scripts rely on, as a new user types them.
. "$(dirname "$0")/common.sh"

# ---- Made-up recordings --------------------------------------------------------------------------
make_recordings rec 3 2 60
run rqa study rec --modes x:l1,xy:l2 --m 1:3 --tau 1:2 --eps 0.05:0.1:0.01 --lmin 2:3 \
    --profile gaze --threads 2 -o study.nc --report study.html
expect_rc 0; expect_out "12 recordings of 6 subjects in 2 groups"; expect_out "72 combinations"
expect_out "results: study.nc"; expect_file study.nc; expect_file study.html
expect_no_file study.nc.checkpoint
checks=$((checks + 1)); grep -q "<html" study.html || fail "the report is no HTML"

run rqa export study.nc --m 1 --tau 1 --eps 0.06 --lmin 2 -o one.csv
expect_rc 0; expect_no_out; expect_file one.csv
checks=$((checks + 1))
[ "$(head -1 one.csv)" = "recording,group,subject,task,mode,rr,det,l,lmax,ent" ] ||
    fail "header $(head -1 one.csv)"
checks=$((checks + 1))
[ "$(wc -l <one.csv)" -eq 25 ] || fail "$(wc -l <one.csv) lines, expected 25"
checks=$((checks + 1))
grep -q '^c1q1,control,c1,1,x:l1,' one.csv || fail "no row of c1q1: $(sed -n 2p one.csv)"
run rqa export study.nc --m 1 --tau 1 --eps 0.06 --lmin 2; expect_rc 0
expect_same out one.csv "standard output is another table than -o"
run rqa export study.nc --m 1 --tau 1 --eps 0.060 --lmin 2; expect_same out one.csv "0.060 is 0.06"
run rqa export study.nc --m 1 --tau 1 --eps 6e-2 --lmin 2; expect_same out one.csv "6e-2 is 0.06"

# One recording through run: the same numbers as the study's, under the file's path.
run rqa run rec/control/c1/c1q1.csv --modes x:l1,xy:l2 --m 1 --tau 1 --eps 0.06 --lmin 2 \
    --profile gaze --csv
expect_rc 0
sed 's/^c1q1,control,c1,1,/rec\/control\/c1\/c1q1.csv,,,,/' one.csv |
    grep -e ^recording -e '^rec/' >wanted
expect_same out wanted "run and study differ"
# On a pipe CSV is the default; other threads and other instructions give the same bytes.
for more in "" "--threads 1" "--threads 3" "--isa plain"; do
    # shellcheck disable=SC2086
    run rqa run rec/control/c1/c1q1.csv --modes x:l1,xy:l2 --eps 0.06 --profile gaze $more
    expect_same out wanted "run $more differs"
done
# Over a grid there are columns of the axes, and each point is what a single run gives.
run rqa run rec/control/c1/c1q1.csv --modes x:l1 --m 1:2 --eps 0.05,0.06 --lmin 2:3 \
    --profile gaze --csv
expect_rc 0; expect_out "recording,group,subject,task,mode,m,tau,eps,lmin,rr,det,l,lmax,ent"
checks=$((checks + 1)); [ "$(wc -l <out)" -eq 9 ] || fail "$last: $(wc -l <out) lines, expected 9"
checks=$((checks + 1)); grep ',x:l1,1,1,0.06,2,' out | sed 's/,x:l1,1,1,0.06,2,/,x:l1,/' >row
[ "$(cat row)" = "$(grep ',x:l1,' wanted)" ] ||
    fail "$last: the point of the grid is not the single run"
run rqa run rec/control/c1/c1q1.csv rec/patient/p1/p1q2.csv --measures all --csv; expect_rc 0
expect_out "recording,group,subject,task,mode,rr,det,l,lmax,div,ent,lam,tt,vmax,vent"
checks=$((checks + 1)); [ "$(wc -l <out)" -eq 3 ] || fail "$last: $(wc -l <out) lines, expected 3"
run rqa run rec/control/c1/c1q1.csv --measures rr,lmax --csv; expect_rc 0
expect_out "task,mode,rr,lmax"
run rqa run rec/control/c1/c1q1.csv --modes=x:l2 --m=2 -- ; expect_rc 0
run rqa run --modes x:l2 -- rec/control/c1/c1q1.csv; expect_rc 0

# Where the reading of decimals decides (profile gaze: as pandas), run and study read the same.
mkdir -p last/g/s
printf 'x\n0\n0.19395800000000002\n9\n' >last/g/s/a.csv
for profile in gaze accrqa; do
    run rqa study last --eps 0.193958 --profile $profile -o last.nc; expect_rc 0
    expect_out "1 recording of 1 subject in 1 group, 1 combination in 1 mode"
    run rqa export last.nc; expect_rc 0; sed 's/^[^,]*,[^,]*,[^,]*,[^,]*//' out >wanted.$profile
    run rqa run last/g/s/a.csv --eps 0.193958 --profile $profile --csv; expect_rc 0
    sed 's/^[^,]*,[^,]*,[^,]*,[^,]*//' out >got
    expect_same got wanted.$profile "run and study read other numbers with $profile"
done
checks=$((checks + 1))
cmp -s wanted.gaze wanted.accrqa && fail "the series does not tell the ways of reading apart"

# A manifest in the place of the folder.
echo "path,group,subject,task" >manifest.csv
echo "rec/control/c1/c1q1.csv,a,s1,1" >>manifest.csv
echo "rec/patient/p1/p1q1.csv,b,s2,1" >>manifest.csv
run rqa study manifest.csv --statistics=false -o two.nc; expect_rc 0
expect_out "2 recordings of 2 subjects"
run rqa export two.nc; expect_rc 0; expect_out "c1q1,a,s1,1,x:l2,"

# ---- Plot and recommend -------------------------------------------------------------------
run rqa plot rec/control/c1/c1q1.csv --eps 0.1 -o plot.png; expect_rc 0; expect_file plot.png
checks=$((checks + 1))
[ "$(head -c 8 plot.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] ||
    fail "plot.png is no PNG"
run rqa plot rec/control/c1/c1q1.csv --modes xy:max --m 2 --tau 3 --unthresholded -o plot.svg --json
expect_rc 0; expect_json; expect_out '"threshold": null'; expect_file plot.svg
checks=$((checks + 1)); grep -q "<svg" plot.svg || fail "plot.svg is no SVG"
run rqa plot rec/control/c1/c1q1.csv --size 16 --eps-unit rate --eps 0.2 -o small.svg; expect_rc 0
expect_out "16 pixels a side"; expect_out "samples"
run rqa recommend rec --figures figures; expect_rc 0; expect_out "median"; expect_out "c1q1"
expect_file figures/c1q1.svg
for folder in rec/control rec/control/c1 rec/control/c1/; do
    run rqa recommend $folder --quiet; expect_rc 0; expect_out "c1q1"; expect_no_err
    run rqa run $folder --csv; expect_rc 0; expect_out "c1q1"
done
mkdir alone; cp rec/control/c1/c1q1.csv alone
run rqa plot alone/ -o alone.png; expect_rc 0; expect_out "c1q1.csv, "
run rqa recommend rec/control/c1/c1q1.csv --json --signal amplitude; expect_rc 0
expect_json; expect_out '"tau_mi"'

# ---- The real data ------------------------------------------------------------------------
data=${TANDEM_DATA:-}
if [ -n "$data" ] && [ -d "$data/gaze/recordings" ] && [ -z "$sanitize" ]; then
    run rqa study "$data/gaze/recordings" --modes x:l1,xy:l2 --m 1:10 --tau 1:10 \
        --eps 0.05:0.1:0.001 --lmin 2:3 --profile gaze --events "$data/gaze/All_Events.csv" \
        --roi "$data/gaze/All_ROI_Summary.csv" --threads 2 \
        -o gaze.nc --report gaze.html
    expect_rc 0
    expect_out "305 recordings of 61 subjects in 3 groups, 10,200 combinations"
    expect_file gaze.html
    expect_err "m6q1"
    run rqa export gaze.nc --m 1 --tau 1 --eps 0.051 --lmin 2 -o one.csv; expect_rc 0
    checks=$((checks + 1))
    [ "$(wc -l <one.csv)" -eq 611 ] || fail "$(wc -l <one.csv) lines, expected 611"
    run rqa run "$data/rqa/roessler_5000.csv" --modes x:l2 --m 5 --tau 3 --eps 1.2 --lmin 2 \
        --profile accrqa --measures all --csv
    # AccRQA 1.0.1: RR .024314650268905197 DET .99867096893637841 Lmax 1137.
    expect_rc 0; expect_out "roessler_5000.csv,,,,x:l2,0.02431465026890"
    expect_out ",0.998670968936378"; expect_out ",1137,"
else
    echo "made-up data only: the real data (TANDEM_DATA) is not here, or too much for a sanitizer"
fi
finish
