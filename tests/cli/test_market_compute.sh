# test_market_compute.sh - indicators over a panel: values, files, names, and every slip of a new
# user.
. "$(dirname "$0")/common.sh"

/usr/bin/python3 "$source_tree/examples/make_prices.py" p.csv --symbols 6 --bars 120 \
    --seed 3 >/dev/null || fail "make_prices.py"
run market load p.csv -o p.nc; expect_rc 0; expect_file p.nc

# Values: the last mean of five closes, worked out from the CSV itself.
run market compute p.nc sma --set timeperiod=5 --symbols 000010
expect_rc 0; expect_out "000010"
mean=$(awk -F, '$2 == "000010" { c[n++] = $6 } END {
    printf "%.10g", (c[n-1] + c[n-2] + c[n-3] + c[n-4] + c[n-5]) / 5 }' p.csv)
expect_out "$mean"

# A CSV has the columns symbol, parameters, date, outputs, and no row without a value.
run market compute p.nc sma:timeperiod=5,10 --symbols 000010,000020 -o sma.nc --csv sma.csv
expect_rc 0; expect_out "results: sma.nc"; expect_file sma.nc
last="the header"; out=$(head -1 sma.csv); expect_out "symbol,timeperiod,date,sma"
last="the rows"; out=$(wc -l <sma.csv); expect_out "$((2 * (116 + 111) + 1))"
run market compute p.nc sma --grid timeperiod=5,10 --symbols 000010,000020 --csv again.csv
expect_rc 0; expect_same sma.csv again.csv "--grid and : give different values"
run market compute p.nc sma:timeperiod=5:15:5 --csv range.csv; expect_rc 0
last="a range"; out=$(cut -d, -f2 range.csv | sort -un | tr '\n' ' '); expect_out "5 10 15"

# Several indicators stand side by side; the same one twice is told apart by its values.
run market compute p.nc sma:timeperiod=5 sma:timeperiod=10 rsi --symbols 000010
expect_rc 0; expect_out "sma_5"; expect_out "sma_10"; expect_out "rsi"
run market compute p.nc sma:timeperiod=5,10 rsi -o both.nc; expect_rc 0
run market compute p.nc sma:timeperiod=5,10 rsi --csv both.csv; expect_rc 2
expect_err "different dimensions"; expect_no_file both.csv
run market compute p.nc correl:real0=high:real1=low --symbols 000010; expect_rc 0
expect_out "correl"
run market compute p.nc market.sma --json --symbols 000010; expect_rc 0; expect_json
expect_out '"last"'; expect_out '"sma"'

# A stretch of time, a file of symbols.
printf '000010\n000030\n' >list
run market compute p.nc sma:timeperiod=5 --symbols list --from 2021-02 --to 2021-03-15 \
    --csv part.csv
expect_rc 0
last="symbols and dates"
out=$(cut -d, -f1 part.csv | sort -u | tr '\n' ' '); expect_out "000010 000030 symbol"
out=$(cut -d, -f3 part.csv | sort | sed -n 1p); expect_out "2021-02-05"
out=$(cut -d, -f3 part.csv | sort | grep -v date | tail -1); expect_out "2021-03-15"

# What a new user does wrong: each is told with what would be right.
run market compute nothing.nc sma; expect_rc 74; expect_err "nothing.nc"; expect_no_out
run market compute p.csv sma; [ "$rc" -ne 0 ] || fail "$last: a CSV is taken for a panel"
expect_err "p.csv"
run market compute p.nc; expect_rc 2; expect_err "argument is missing"
run market compute p.nc smaa; expect_rc 3; expect_err 'did you mean "sma"'
run market compute p.nc sma:timeperiod=0; expect_rc 2; expect_err "timeperiod is 0, allowed"
run market compute p.nc sma:timeperiod=5:1; expect_rc 2; expect_err "timeperiod"
run market compute p.nc sma:5; expect_rc 2; expect_err "NAME=VALUE"
run market compute p.nc sma --set period=5; expect_rc 2; expect_err "parameter period"
expect_err "timeperiod of sma"
run market compute p.nc sma --set timeperiod; expect_rc 2
run market compute p.nc sma:timperiod=5; expect_rc 2; expect_err "did you mean"
run market compute p.nc sma:real=vol; expect_rc 2; expect_err "allowed open, high, low, close"
run market compute p.nc sma --symbols 10; expect_rc 3; expect_err 'no symbol "10"'
run market compute p.nc sma --symbols 00010; expect_rc 3; expect_err "did you mean"
run market compute p.nc sma --from yesterday; expect_rc 2; expect_err "must be a date"
run market compute p.nc sma --from 2030; expect_rc 2; expect_err "2021-01-04"
run market compute p.nc sma --gaps none; expect_rc 2; expect_err "skip"
run market compute p.nc sma:timeperiod=5,10; expect_rc 2; expect_err "-o or --csv"
run market compute p.nc sma -o p.nc; expect_rc 2; expect_err "is the input"
run market compute p.nc sma -o x.nc --csv ./x.nc; expect_rc 2; expect_err "same file"
expect_no_file x.nc
run market compute p.nc sma -o missing/x.nc; expect_rc 74; expect_err "no folder missing"
run market compute p.nc sma:timeperiod=2:100000 --memory 1 -o big.nc; [ "$rc" -ne 0 ] ||
    fail "$last: too large a result is taken"
expect_err "fewer"; expect_no_file big.nc
run market compute p.nc adosc --from 2021-02 -o /dev/full; expect_rc 74
cp p.nc same.nc
run market compute same.nc rsi --quiet; expect_rc 0; expect_no_err
expect_same p.nc same.nc "computing changed the panel"

# The page of an operation.
run describe market.sma; expect_rc 0; expect_out "timeperiod"; expect_out "First value"
checks=$((checks + 1)); [ "$(wc -L <<<"$out")" -le 100 ] || fail "describe writes long lines"
finish
