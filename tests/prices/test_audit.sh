#!/bin/bash
# test_audit.sh - tandem market audit as users call it: table, JSON, findings, calendar, mended
# file, and what it refuses.
. "$(dirname "${BASH_SOURCE[0]}")/../cli/common.sh"

/usr/bin/python3 - <<'END'
import datetime
rows = ["date,symbol,open,high,low,close,volume"]
day, days = datetime.date(2024, 1, 1), []
while len(days) < 20:
    if day.weekday() < 5:
        days.append(day)
    day += datetime.timedelta(1)
for symbol in ("000020", "000030", "000040", "000050"):
    for i, day in enumerate(days):
        close = 100 + i % 3
        row = [close, close + 1, close - 1, close, 1000]
        if symbol == "000030" and i == 5: row = [0, 0, 0, 101, 0]          # a halt
        if symbol == "000030" and i == 9: continue                         # a gap
        if symbol == "000040" and i >= 12: row = [v * 2 for v in row[:4]] + [1000]   # a move
        if symbol == "000050" and i < 4: continue                          # a short history
        if symbol == "000050" and i == 8: row = [close, close - 1, close + 1, close, 10]
        rows.append(",".join(map(str, [day, symbol] + row)))
open("p.csv", "w").write("\n".join(rows) + "\n")
known = [str(day) for day in days[:10] + days[11:]]
open("days.txt", "w").write("\n".join(["date"] + known + ["2024-01-20\n"]))
END
run market load p.csv -o p.nc --quiet
expect_rc 0

run market audit p.nc --json
expect_rc 0
expect_json
/usr/bin/python3 - "$work/out" <<'END' || fail "the counts are not those planted"
import json, sys
faults = json.load(open(sys.argv[1]))["faults"]
found = {name: (fault["rows"], fault["symbols"]) for name, fault in faults.items()}
planted = {"halts": (1, 1), "gaps": (1, 1), "moves": (1, 1), "short": (4, 1),
           "high_below_low": (1, 1)}
assert found == {name: planted.get(name, (0, 0)) for name in found}, found
assert faults["moves"]["examples"][0]["symbol"] == "000040", faults["moves"]
END
checks=$((checks + 1))

run market audit p.nc
expect_rc 0
expect_out "4 symbols x 20 bars, 75 rows, 2024-01-01 to 2024-01-26"
expect_out "000030      2024-01-08  close 101"
run market audit p.nc --examples 0
expect_rc 0
[[ $out != *000030* ]] || fail "$last: shows an example"
run market audit p.nc --moves drop
expect_err "--moves drop changes nothing without --output"
run market audit p.nc --move-limit 1.2 --json
expect_out '"move_max"'
expect_rc 0

run market audit p.nc --halts fill --gaps fill --high-below-low fill --short exclude --csv f.csv \
    -o clean.nc
expect_rc 0
expect_out "Mended: clean.nc, 3 symbols x 20 bars, 60 rows"
expect_file f.csv
[ "$(grep -c . f.csv)" -eq 6 ] || fail "f.csv has not one line for each of 5 findings and a heading"
grep -q '^halts,000030,2024-01-08,101,,fill$' f.csv || fail "f.csv lacks the halt"
run market audit clean.nc --json
expect_rc 0
/usr/bin/python3 - "$work/out" <<'END' || fail "the mended file has other faults than those kept"
import json, sys
faults = json.load(open(sys.argv[1]))["faults"]
left = {name for name, fault in faults.items() if fault["rows"]}
assert left == {"zero_volume", "moves"}, left   # filled bars have no volume; moves were kept
END
checks=$((checks + 1))
run market audit clean.nc --zero-volume drop -o ./clean.nc
expect_rc 2
expect_err "is the input"
run market audit clean.nc --zero-volume drop -o again.nc
expect_rc 0
/usr/bin/python3 - <<'END' || fail "the file does not say what was done to it"
import netCDF4
file = netCDF4.Dataset("again.nc")
assert "policy fill, found 1 rows in 1 symbols, changed 1 rows in 1 symbols" in file.audit_halts
assert file.audit_halts.count("\n") == 1, file.audit_halts     # both audits
assert file.audit_source == "p.nc\nclean.nc", file.audit_source
END
checks=$((checks + 1))

# A calendar that lacks a day and has one more.
run market audit p.nc --calendar days.txt
expect_rc 0
expect_out "19 trading days, as the calendar says"
expect_err "1 trading days of the calendar are not in p.nc at all, the first is 2024-01-20"
run market audit p.nc --calendar days.txt --off-calendar drop -o clean.nc
expect_out "x 19 bars"
echo 2024-02-30 >>days.txt
run market audit p.nc --calendar days.txt
expect_rc 65
expect_err 'days.txt:22: "2024-02-30" is no date'
: >days.txt
run market audit p.nc --calendar days.txt
expect_rc 65

# What is refused, without harm.
run market audit p.nc --short fill
expect_rc 2
expect_err "keep, exclude"
run market audit p.nc --move-limit 0
expect_rc 2
run market audit none.nc
expect_rc 74
run market audit p.csv
expect_rc 65
run market audit p.nc --short exclude --halts exclude --gaps exclude --moves exclude \
    --zero-volume exclude --high-below-low exclude -o clean.nc
expect_rc 0
run market audit p.nc --csv p.nc
expect_rc 2
run market audit p.nc -o none/clean.nc
[ "$rc" -ne 0 ] || fail "$last: a folder that is not there is taken"
printf 'date,symbol,close\n2024-01-01,A,0\n2024-01-02,A,0\n' >zero.csv
run market load zero.csv -o zero.nc --quiet
run market audit zero.nc --not-positive exclude -o nothing.nc
expect_rc 2
expect_err "leave nothing of 1 symbols"
expect_no_file nothing.nc
finish
