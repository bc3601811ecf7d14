# test_market_load.sh - prices from files into a panel: what is printed, every slip of a new user,
# a full disk, and a stop in the middle.
. "$(dirname "$0")/common.sh"

printf 'date,symbol,open,high,low,close,volume,per\n' >long.csv
printf '2024-01-%02d,000020,1,2,0.5,1.5,10,7\n2024-01-%02d,A,3,4,2,3.5,20,8\n' 2 2 3 3 >>long.csv

# What is printed, and the same as JSON.
run market load long.csv -o p.nc; expect_rc 0; expect_file p.nc
expect_out "4 rows of 2 symbols at 2 dates, 2024-01-02 to 2024-01-03"
expect_out "1 long file, "; expect_out "prices: open high low close volume"
expect_out "columns left out: per"; expect_out "panel: p.nc"
run market load long.csv -o p.nc --json --quiet; expect_rc 0; expect_json; expect_no_err
for part in '"rows": 4' '"symbols": 2' '"times": 2' '"first": "2024-01-02"' '"zone": null' \
    '"duplicates": 0' '"bad": 0' '"per"'; do expect_out "$part"; done
cp p.nc first.nc
run market load long.csv -o p.nc --json --quiet; expect_same p.nc first.nc "not the same bytes"

# Packed, from a pipe's file, from a folder with names for symbols, with other files in it.
for pack in gzip xz zstd; do
    command -v $pack >/dev/null || continue
    $pack -c <long.csv >packed.csv
    run market load packed.csv -o q.nc; expect_rc 0; expect_out "4 rows of 2 symbols"
done
mkdir folder folder/deeper none
printf '날짜,시가,고가,저가,종가,거래량,등락률\n2024-01-02,1,2,0.5,"1,500",10,0.1\n' >folder/000020.csv
printf '日期,收盘\n20240102,1\n' >folder/000040.txt
printf 'no prices\n' >folder/README.md
printf 'no prices\n' >folder/.hidden.csv
run market load folder -o f.nc; expect_rc 0; expect_out "2 rows of 2 symbols at 1 date"
expect_out "columns left out: 등락률"; expect_out "2 files of one symbol, "
printf ',A,B\n2024-01-02,1,2\n' >close.csv
printf 'Date,B,A\n2024-01-02,20,10\n' >krx_volume.csv
run market load close.csv krx_volume.csv -o w.nc; expect_rc 0
expect_out "prices: close volume"; expect_out "4 rows of 2 symbols"; expect_out "2 wide files, "

# Duplicates and bad rows.
run market load long.csv folder -o d.nc; expect_rc 65
expect_err "folder/000020.csv:2: symbol 000020 has a row of 2024-01-02 already, in long.csv:2"
expect_err "duplicates"; expect_no_file d.nc
run market load long.csv folder -o d.nc --duplicates last; expect_rc 0
expect_out "1 row doubled an earlier one, 1 with other prices (--duplicates last)"
expect_out "000020 2024-01-02: long.csv:2 and folder/000020.csv:2"
printf 'date,symbol,close\n2024-01-02,A,1\n2024-01-32,A,2\n2024-01-03,A,x\n' >bad.csv
run market load bad.csv -o b.nc; expect_rc 65; expect_no_file b.nc
expect_err 'bad.csv:3: column 1 (date): "2024-01-32" is no date'; expect_err "allowed are"
run market load bad.csv -o b.nc --skip-bad; expect_rc 0; expect_out "2 rows left out:"
expect_out 'bad.csv:4: column 3 (close): "x" is no number'

# Flags that tell what a file does not.
printf 'Datum;Px;Name\n02/01/2024;1;A\n' >told.csv
run market load told.csv -o t.nc --map close=Px,symbol=Name; expect_rc 65; expect_err "--dates"
run market load told.csv -o t.nc --map close=Px,symbol=Name --dates dmy; expect_rc 0
expect_out "2024-01-02 to 2024-01-02"
run market load told.csv -o t.nc --map close=Pxx; expect_rc 2; expect_err '"Datum", "Px", "Name"'
run market load told.csv -o t.nc --map shut=Px; expect_rc 2; expect_err "not such as close=Last"
printf 'time,symbol,close\n2024-01-02 09:30,A,1\n' >bars.csv
run market load bars.csv -o t.nc; expect_rc 65; expect_err "--zone Asia/Seoul"
run market load bars.csv -o t.nc --zone Asia/Seoul; expect_rc 0
expect_out "2024-01-02T00:30:00Z"; expect_out "zone Asia/Seoul"
run market load bars.csv -o t.nc --zone Asia/Seol; expect_rc 3
expect_err 'no time zone "Asia/Seol"'

# Slips.
run market load long.csv; expect_rc 2; expect_err "-o is missing"
run market load -o x.nc; expect_rc 2
run market load absent.csv -o x.nc; expect_rc 74; expect_err "absent.csv: there is no such file"
run market load none -o x.nc; expect_rc 3; expect_err "there is no file in this folder"
run market load long.csv long.csv -o x.nc; expect_rc 2; expect_err "given twice"
run market load p.nc -o x.nc; expect_rc 65; expect_err "p.nc:1: "
run market load long.csv -o nowhere/x.nc; expect_rc 74; expect_err "nowhere"
run market load long.csv -o x.nc --table prices; expect_rc 2; expect_err "goes with a server"
run market load long.csv -o x.nc --json --layout tall; expect_rc 2; expect_err "tall"
cp long.csv kept.csv
for out_path in long.csv ./long.csv "$work/long.csv"; do
    run market load long.csv -o "$out_path"; expect_rc 2; expect_err "it would be lost"
done
ln long.csv other.csv
run market load long.csv -o other.csv; expect_rc 2; expect_err "would be lost"
run market load folder -o folder/000020.csv; expect_rc 2; expect_err "would be lost"
expect_same long.csv kept.csv "an input was changed"
expect_no_file x.nc

# A disk that is full: the old file stays, no part is left.
awk 'BEGIN { print "date,symbol,open,high,low,close,volume"
    for (s = 0; s < 400; ++s) for (d = 0; d < 250; ++d)
        printf "2023-%02d-%02d,%06d,1,2,0.5,%d.25,%d\n",
            1 + int(d / 25), 1 + d % 25, s, 1 + (s * 7 + d) % 97, d }' >big.csv
for kib in 4 512 2000; do
    (ulimit -f "$kib"; "$program" market load big.csv -o p.nc >"$work/out" 2>"$work/err")
    rc=$? last="market load with files of at most $kib KiB"
    out=$(cat "$work/out") err=$(cat "$work/err")
    expect_rc 74; expect_err "p.nc: cannot write"; expect_no_out
    expect_same p.nc first.nc "the old file is gone after a full disk"
    expect_no_file p.nc.part
done

# A stop in the middle leaves the old file, and nothing else.
for i in $(seq 20); do cat big.csv; done | sed '2,$s/^date.*/2023-01-01,X,1,1,1,1,1/' >huge.csv
run market load huge.csv -o p.nc --duplicates first --timeout 0.02
expect_rc 124; expect_same p.nc first.nc "the old file is gone after a time limit"
expect_no_file p.nc.part
"$program" market load huge.csv -o p.nc --duplicates first >"$work/out" 2>"$work/err" &
pid=$!
sleep 0.05
kill -INT $pid
wait $pid
rc=$? last="a stop by hand"
checks=$((checks + 1))
[ $rc -eq 130 ] || [ $rc -eq 0 ] || fail "$last: exit code $rc, expected 130"
[ $rc -eq 0 ] || expect_same p.nc first.nc "the old file is gone after a stop"
expect_no_file p.nc.part

finish
