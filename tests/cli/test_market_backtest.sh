# test_market_backtest.sh - a backtest from prices to result, CSV, report and curves; what is wrong
# in a call; and that a run which was killed goes on.
. "$(dirname "$0")/common.sh"

/usr/bin/python3 "$source_tree/examples/make_prices.py" p.csv --symbols 6 --bars 300 \
    --seed 5 >/dev/null || fail "make_prices.py"
run market load p.csv -o p.nc; expect_rc 0

# The call of the manual: variables over (fast, slow, symbol), a row for each, the same numbers.
run market backtest p.nc --strategy ma_cross --grid fast=5:30:5 --grid slow=40,60,100 \
    --fee 0.0015 --slippage 0.0005 --fill close --year 365 -o bt.nc --csv bt.csv \
    --report bt.html --trades t.csv --equity e.csv --monthly m.csv
expect_rc 0; expect_file bt.nc; expect_file bt.html
expect_out "18 points, 6 symbols, 300 bars"; expect_out "best points by median sharpe"
expect_out "is flattered"; expect_out "bought and held"; expect_out "108 rows"
expect_no_file bt.nc.checkpoint
last="the header of bt.csv" out=$(head -1 bt.csv)
expect_out "fast,slow,symbol,total_return,sharpe,max_drawdown,trades"
last="the rows of bt.csv" out=$(wc -l <bt.csv); expect_out 109
last="the last row of bt.csv" out=$(tail -1 bt.csv); expect_out "30,100,000060,"
last="t.csv" out=$(head -1 t.csv)
expect_out "symbol,side,entry,exit,bars,shares,entry_price,exit_price,costs,profit,gain,reason"
last="e.csv" out=$(head -2 e.csv); expect_out "symbol,date,equity,exposure"
expect_out "000010,2021-01-04,1000000,0"
last="the rows of e.csv" out=$(wc -l <e.csv); expect_out "$((6 * 300 + 1))"
last="m.csv" out=$(head -2 m.csv); expect_out "year,month,return"; expect_out "2021,1,"

# The report is one file that loads nothing, and carries the call and the strategy.
checks=$((checks + 1))
/usr/bin/python3 - bt.html <<'P' || fail "the report is not well formed, or loads something"
import html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
void, stack = {"meta", "input", "br", "!doctype"}, []
class Check(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            assert name not in ("src", "srcset") and not (name == "href" and value[0] != "#"), attrs
        if tag not in void: stack.append(tag)
    def handle_startendtag(self, tag, attrs): pass
    def handle_endtag(self, tag):
        assert stack.pop() == tag, tag
Check().feed(text)
assert not stack and len(text) < 3000000
assert set(re.findall(r"https?://[^\"' ]*", text)) <= {"http://www.w3.org/2000/svg"}
for word in ("ma_cross", "crosses_above(sma(close, fast)", "--grid fast=5:30:5", "Of 18 points"):
    assert word in text, word
P

# The trades of the CSV are those that the result counts.
checks=$((checks + 1))
/usr/bin/python3 - <<'P' || fail "trades, equity and the table tell different things"
import csv
rows = list(csv.DictReader(open("bt.csv")))
best = {}
for row in rows:
    best.setdefault((row["fast"], row["slow"]), []).append(float(row["sharpe"]))
def median(values):
    values = sorted(v for v in values if v == v)
    n = len(values)
    return (values[(n - 1) // 2] + values[n // 2]) / 2 if n else float("-inf")
point = max(best, key=lambda p: median(best[p]))
mine = {r["symbol"]: r for r in rows if (r["fast"], r["slow"]) == point}
trades = list(csv.DictReader(open("t.csv")))
equity = {}
for row in csv.DictReader(open("e.csv")): equity[row["symbol"]] = float(row["equity"])
for symbol, row in mine.items():
    assert int(row["trades"]) == sum(t["symbol"] == symbol for t in trades), symbol
    assert abs(equity[symbol] / 1e6 - 1 - float(row["total_return"])) < 1e-12, symbol
P

# Ways to say a strategy: by name, as a file, by expressions; several become an axis.
run market backtest p.nc --entry "crosses_above(sma(close, fast), sma(close, slow))" \
    --exit "crosses_below(sma(close, fast), sma(close, slow))" --param fast=10 --param slow=50 \
    --grid fast=5:30:5 --grid slow=40,60,100 --fee 0.0015 --slippage 0.0005 --fill close \
    --year 365 --csv inline.csv
expect_rc 0; expect_same bt.csv inline.csv "expressions and the file of them differ"
cp "$source_tree/examples/strategies/ma_cross.strategy" mine.strategy
run market backtest p.nc --strategy ./mine.strategy --set fast=5 --set slow=40 --fee 0.0015 \
    --slippage 0.0005 --fill close --year 365 --csv one.csv
expect_rc 0; expect_out "1 point,"
last="one point" out=$(sed -n '2p' one.csv)
expect_out "$(sed -n '2p' bt.csv | cut -d, -f3-)"
run market backtest p.nc --strategy ma_cross --strategy rsi_reversion --csv two.csv
expect_rc 0
last="two strategies" out=$(head -1 two.csv); expect_out "strategy_name,symbol,"
out=$(cut -d, -f1 two.csv | sort -u | tr '\n' ' '); expect_out "ma_cross rsi_reversion"

# A flag wins over what the strategy says, a rule can be an axis.
printf '# stops\nentry = true\nstop_loss = 0.05\n' >stop.strategy
run market backtest p.nc --strategy ./stop.strategy --json --csv a.csv; expect_rc 0; expect_json
run market backtest p.nc --strategy ./stop.strategy --stop-loss 0 --csv b.csv; expect_rc 0
run market backtest p.nc --strategy ./stop.strategy --set stop_loss=0 --csv c.csv; expect_rc 0
expect_same b.csv c.csv "--stop-loss and --set stop_loss differ"
checks=$((checks + 1)); cmp -s a.csv b.csv && fail "--stop-loss 0 changed nothing"
run market backtest p.nc --strategy ./stop.strategy --grid stop_loss=0,0.05 --csv d.csv
expect_rc 0
last="an axis of a rule" out=$(grep "^0.05," d.csv | cut -d, -f2-); expect_out "$(sed 1d a.csv)"

# One portfolio, a benchmark, a chosen point, all measures.
run market backtest p.nc --strategy ma_cross --grid fast=5,10 --account portfolio \
    --max-positions 3 --csv port.csv --report port.html
expect_rc 0; expect_out "in one portfolio"
last="a portfolio" out=$(head -1 port.csv); expect_out "fast,total_return"

# A strategy may say so itself, and so may all of a run; a flag wins over it.
printf '# shared\nentry = close > open\naccount = portfolio\nmax_positions = 2\n' >shared.strategy
printf '# alike\nentry = close < open\naccount = portfolio\n' >alike.strategy
printf '# apart\nentry = close < open\naccount = symbol\n' >apart.strategy
run market backtest p.nc --strategy ./shared.strategy --csv own.csv; expect_rc 0
expect_out "in one portfolio"
run market backtest p.nc --strategy ./shared.strategy --account portfolio --csv told.csv
expect_rc 0
expect_same own.csv told.csv "account = portfolio and --account portfolio differ"
run market backtest p.nc --strategy ./shared.strategy --strategy ./alike.strategy --csv both.csv
expect_rc 0; expect_out "in one portfolio"
last="two portfolios" out=$(wc -l <both.csv); expect_out 3
for given in "--account symbol" "--set account=symbol"; do
    run market backtest p.nc --strategy ./shared.strategy $given --csv apart.csv; expect_rc 0
    last="accounts of symbols" out=$(head -1 apart.csv); expect_out "symbol,total_return"
done
for other in ./apart.strategy rsi_reversion; do
    run market backtest p.nc --strategy ./shared.strategy --strategy "$other" --csv mixed.csv
    expect_rc 2; expect_err "shared says account = portfolio, and 1 of 2"; expect_no_file mixed.csv
done
run market backtest p.nc --strategy ma_cross --grid fast=5,10 --benchmark equal --measures all \
    --best total_return --at fast=5 --symbol 000010 --trades at.csv --csv all.csv --report all.html
expect_rc 0; expect_out "total_return"
last="all measures" out=$(head -1 all.csv); expect_out ",beta,"; expect_out "information_ratio"
last="one symbol" out=$(cut -d, -f1 at.csv | sort -u | tr '\n' ' '); expect_out "000010 symbol"
run market backtest p.nc --strategy ma_cross --measures sharpe,trades --json; expect_rc 0
expect_json; expect_out '"expected_best_by_luck"'; expect_out '"quartiles"'

# What a new user does wrong: each is told with what would be right, and nothing is written.
bt() { run market backtest p.nc "$@"; }
bt; expect_rc 2; expect_err "--strategy ma_cross"; expect_no_out
run market backtest nothing.nc --strategy ma_cross; expect_rc 74; expect_err "nothing.nc"
run market backtest p.csv --strategy ma_cross; expect_err "p.csv"
checks=$((checks + 1)); [ "$rc" -ne 0 ] || fail "a CSV is taken for a panel"
run market backtest bt.nc --strategy ma_cross
checks=$((checks + 1)); [ "$rc" -ne 0 ] || fail "a result is taken for a panel"
bt --strategy ma_crosss; expect_rc 3; expect_err "ma_cross"
bt --strategy ma_cross --grid fst=5:30:5; expect_rc 2; expect_err "fast"
bt --strategy ma_cross --grid fast=5:30:x; expect_rc 2; expect_err "fast"
bt --strategy ma_cross --grid fast=; expect_rc 2; expect_err "NAME=GRID"
bt --strategy ma_cross --grid fast; expect_rc 2; expect_err "fast=5:30:5"
bt --strategy ma_cross --grid fast=5,5; expect_rc 2; expect_err "fast"
bt --strategy ma_cross --grid fast=5 --grid fast=6; expect_rc 2; expect_err "twice"
bt --strategy ma_cross --grid fast=5 --set fast=6; expect_rc 2; expect_err "leave one of them"
bt --strategy ma_cross --set fsat=6; expect_rc 2; expect_err "fast"
bt --strategy ma_cross --grid fast=0:5; expect_rc 2; expect_err "timeperiod"
bt --strategy ma_cross --strategy ma_cross; expect_rc 2; expect_err "twice"
bt --strategy ma_cross --fee 2; expect_rc 2; expect_err "fee is 2, allowed 0 to 1"
bt --strategy ma_cross --fee x; expect_rc 2; expect_err "must be one number"
bt --strategy ma_cross --fill tomorrow; expect_rc 2; expect_err "open, close"
bt --strategy ma_cross --grid fee=0,0.1 --fee 0.2; expect_rc 2; expect_err "both"
bt --strategy ma_cross --measures sharp; expect_rc 2; expect_err "sharpe"
bt --strategy ma_cross --best nothing --csv w.csv; expect_rc 2; expect_err "sharpe"
bt --strategy ma_cross --at fast=10 --csv w.csv --trades x.csv; expect_rc 2; expect_err "--grid"
bt --strategy ma_cross --grid fast=5,10 --at fast=7 --csv w.csv --trades x.csv; expect_rc 2
expect_err "not among the values of fast: 5, 10"; expect_no_file x.csv
expect_no_file w.csv # found before the run, not after it
bt --strategy ma_cross --best sortino --csv by.csv; expect_rc 0; expect_out "by median sortino"
bt --strategy ma_cross --grid fast=5,10 --at fast=10.0 --csv at.csv; expect_rc 0
bt --strategy ma_cross --symbol 000011 --trades x.csv; expect_rc 3; expect_err "did you mean"
bt --strategy ma_cross --symbols 999999 --csv x.csv; expect_rc 3; expect_no_file x.csv
bt --strategy ma_cross --from 2030 --csv x.csv; expect_rc 2; expect_err "it holds 2021-01-04"
bt --strategy ma_cross --benchmark spy; expect_rc 3; expect_err "equal"
bt --strategy ma_cross --prices adjusted; expect_rc 2; expect_err "adjusted"
bt --strategy ma_cross --strategy momentum_12_1 --csv unlike.csv; expect_rc 2
expect_err "momentum_12_1 says account = portfolio"; expect_err "--account symbol"
expect_no_file unlike.csv
bt --param fast=5; expect_rc 2; expect_err "--entry"
bt --entry "close > smma(close, 3)"; expect_rc 2; expect_err "--entry:1:9: "
bt --entry "close > "; expect_rc 2; expect_err "1:"; expect_err "expected"
bt --entry "close[-1] > close"; expect_rc 2
bt --strategy ma_cross -o p.nc; expect_rc 2; expect_err "is the input"
bt --strategy ma_cross -o x.nc --csv ./x.nc; expect_rc 2; expect_err "same file"
bt --strategy ma_cross -o missing/x.nc; expect_rc 74; expect_err "no folder missing"
bt --strategy ma_cross --csv /dev/full; expect_rc 74
bt --strategy ma_cross --grid fast=5:50 --grid slow=60:160 --memory 1 -o x.nc
checks=$((checks + 1)); [ "$rc" -ne 0 ] || fail "$last: too large a result is taken"
expect_err "fewer"; expect_no_file x.nc
expect_same p.nc <(cat p.nc) "the panel changed"

# A panel without a volume anywhere trades as one that has none; all measures are those that can be.
awk -F, -v OFS=, 'NR > 1 { $7 = 0 } 1' p.csv >index.csv
run market load index.csv -o index.nc; expect_rc 0
run market backtest index.nc --strategy ma_cross --measures all --csv index_bt.csv; expect_rc 0
expect_err "no volume above 0 anywhere"
last="measures of index_bt.csv" out=$(head -1 index_bt.csv); expect_out "omega"
checks=$((checks + 1)); [[ $out != *alpha* ]] || fail "alpha without a benchmark"
checks=$((checks + 1)); awk -F, 'NR > 1 { n += $5 } END { exit n == 0 }' index_bt.csv ||
    fail "nothing was traded"
run market backtest index.nc --strategy ma_cross --measures all --benchmark equal --csv a.csv
expect_rc 0
last="measures of a.csv" out=$(head -1 a.csv); expect_out "alpha"

# Stopped by time, it says so and goes on; killed, it ends with the bytes of one that was not.
/usr/bin/python3 "$source_tree/examples/make_prices.py" many.csv --symbols 48 --bars 300 \
    --seed 6 >/dev/null || fail "make_prices.py"
run market load many.csv -o many.nc; expect_rc 0
stops=0,0.1
[ -n "$sanitize" ] || stops=0:0.2:0.02
grid=(--grid fast=2:30 --grid slow=31:90 --grid stop_loss=$stops --checkpoint keep --threads 1
    --quiet -o k.nc)
mkdir alone
start=$(date +%s%N)
(cd alone && "$program" market backtest ../many.nc --strategy ma_cross "${grid[@]}" >out 2>err) || {
    cat alone/err; fail "the long backtest"; finish; }
took=$((($(date +%s%N) - start) / 1000000))
echo "left alone: $took ms"
killed=0 resumed=0
for ((round = 1; (killed < 6 || resumed == 0) && round <= 30; ++round)); do
    mkdir cut
    for share in 3 5 7; do
        (cd cut && exec "$program" market backtest ../many.nc --strategy ma_cross "${grid[@]}" \
            >out 2>err) &
        child=$!
        sleep "$(awk -v ms=$took -v part=$share -v r=$round \
            'BEGIN { printf "%.3f", ms * (part + 0.2 * (r % 5)) / 10000 }')"
        kill -9 $child 2>/dev/null
        wait $child 2>/dev/null
        [ $? -eq 137 ] && killed=$((killed + 1))
        [ -e cut/k.nc ] && [ ! -e cut/keep ] && break
    done
    # The last of the three may have come to its end; else one more does.
    if [ ! -e cut/k.nc ] || [ -e cut/keep ]; then
        (cd cut && "$program" market backtest ../many.nc --strategy ma_cross "${grid[@]}" \
            >out 2>err)
        rc=$? last="round $round"; cp cut/err err; expect_rc 0
    fi
    grep -q "kept from before" cut/out && resumed=$((resumed + 1))
    expect_same cut/k.nc alone/k.nc "round $round: other bytes than a run left alone"
    expect_no_file cut/keep
    rm -rf cut
done 2>/dev/null
echo "$killed kills, $resumed runs went on"
checks=$((checks + 1)); [ $killed -gt 0 ] || fail "no kill hit a running backtest"
checks=$((checks + 1)); [ $resumed -gt 0 ] || fail "no run went on from what was kept"
finish
