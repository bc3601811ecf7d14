#!/bin/bash
# test_postgres.sh - prices from and to a PostgreSQL server of its own, on loopback, in a temporary
# folder, gone when the script ends: bits, types, names, errors, passwords, servers that die, runs
# that are stopped.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../cli/common.sh"
helper=${TANDEM_BUILD:-$source_tree/build}/tests/postgres_helper
[ -x "$helper" ] || { echo "skipped: $helper is not built"; exit 77; }

bin=
for folder in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -rV) \
    $(dirname "$(command -v initdb 2>/dev/null)" 2>/dev/null); do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && { bin=$folder; break; }
done
if [ -z "$bin" ] || ! command -v psql >/dev/null; then
    echo "skipped: PostgreSQL is not installed"
    exit 77
fi

# The server refuses to run as root.
as_server() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    command -v setpriv >/dev/null ||
        { echo "skipped: root needs setpriv to start a server"; exit 77; }
    as_server() {
        (cd "$work" && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@")
    }
    chmod 755 "$work"
fi

password="p@ss:w/r?d%$RANDOM$RANDOM"
encoded=$(/usr/bin/python3 -c \
    'import sys, urllib.parse as u; print(u.quote(sys.argv[1], safe=""))' "$password")
export PGCONNECT_TIMEOUT=10
unset PGPASSWORD PGHOST PGPORT PGUSER PGDATABASE PGSERVICE
export PGPASSFILE=$work/none

stop_server() {
    as_server "$bin/pg_ctl" -D "$work/server/data" -m "${1:-immediate}" -w stop >/dev/null 2>&1
}
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

start_server() {
    local try
    for try in 1 2 3 4 5; do
        [ -n "${1:-}" ] && port=$1 || port=$(/usr/bin/python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        as_server "$bin/pg_ctl" -D "$work/server/data" -w -t 60 -l "$work/server/log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c fsync=off" \
            -o "-c unix_socket_directories=$work/server" start >/dev/null 2>&1 && return 0
    done
    echo "skipped: the server does not start:"
    tail -5 "$work/server/log"
    exit 77
}

mkdir "$work/server"
[ "$(id -u)" -eq 0 ] && chown "$user" "$work/server"
printf '%s\n' "$password" >"$work/server/password"
as_server "$bin/initdb" -D "$work/server/data" -U desk -A scram-sha-256 -E UTF8 --locale=C \
    --pwfile="$work/server/password" >"$work/initdb.log" 2>&1 ||
    { echo "skipped: initdb: $(tail -2 "$work/initdb.log")"; exit 77; }
rm "$work/server/password"
start_server
url="postgresql://desk:$encoded@127.0.0.1:$port/postgres"
shown="postgresql://desk@127.0.0.1:$port/postgres"

sql() {
    PGPASSWORD=$password psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U desk \
        -d postgres -c "$1"
}
# How many COPY are under way.
copies() {
    sql "select count(*) from pg_stat_activity where query like 'COPY%' and state = 'active'"
}
wait_copy() {
    for _ in $(seq 100); do
        [ "$(copies)" = 1 ] && break
        sleep 0.05
    done
}
# fetch ARGUMENTS: the helper's, with the same $out, $err, $rc as run.
fetch() {
    last="fetch $*"
    "$helper" fetch "$@" >"$work/out" 2>"$work/err" </dev/null
    rc=$?
    out=$(cat "$work/out")
    err=$(cat "$work/err")
}
expect() {
    checks=$((checks + 1))
    case $2 in *"$1"*) ;; *) fail "$last: \"$1\" is not in: $2" ;; esac
}
expect_same() {
    checks=$((checks + 1))
    [ "$1" = "$2" ] || fail "$last: expected \"$1\", got \"$2\""
}
# No part of the password that a reader would know it by.
expect_secret() {
    checks=$((checks + 1))
    case "$out$err" in
    *"$password"* | *"$encoded"* | *"w/r?d"* | *"p@ss"*) fail "$last: tells the password" ;;
    esac
}

# ---- A build without libpq says so -------------------------------------------------------------
"$helper" make panel.nc daily 40 60 || fail "the helper makes no panel"
run market publish panel.nc "$url" --table prices
case $err in *"this build has no PostgreSQL"*) echo "skipped: $err"; exit 77 ;; esac
expect_rc 0
expect "table prices" "$out"
expect "$shown" "$out"
expect_secret

# ---- There and back, bit for bit -----------------------------------------------------------------
fetch "$url?table=prices" back.nc
expect_rc 0
expect "$shown, table prices" "$out"
expect_secret
"$helper" same panel.nc back.nc || fail "a panel of dates does not come back as it was"
expect_same "date double precision text" "$(sql "select string_agg(t, ' ') from (select distinct \
    data_type t from information_schema.columns where table_name = 'prices' order by 1) x")"
expect_same 0 "$(sql "select count(*) from prices where close = 'NaN'")"

"$helper" make intraday.nc intraday 7 50
run market publish intraday.nc "$url?table=ticks" --json
expect_rc 0
expect_json
fetch "$url" ticks.nc table=ticks zone=Asia/Seoul
"$helper" same intraday.nc ticks.nc || fail "a panel of times does not come back as it was"
expect_same "timestamp with time zone" "$(sql "select data_type from information_schema.columns \
    where table_name = 'ticks' and column_name = 'time'")"

# The same by the command that users call; what it records holds no password.
run market load "$url?table=prices" -o loaded.nc --json
expect_rc 0
expect_json
expect_secret
"$helper" same panel.nc loaded.nc || fail "market load changes a panel"
case $(strings loaded.nc 2>/dev/null || tr -c '[:print:]' '\n' <loaded.nc) in
*"$encoded"* | *"$password"*) fail "the file records the password" ;;
esac
run market load "$url" --query "select date, symbol, close from prices where symbol < '000005'" \
    -o few.nc
expect_rc 0
run market audit few.nc --json
expect_rc 0
expect_json
expect '"symbols": 5' "$out"
run market load "$url?table=none" -o none.nc
expect_rc 3
expect_secret
expect_no_file none.nc

# Names are names, whatever they look like.
sql 'create schema "my.schema"'
hostile='"my.schema"."pri""ces; drop table prices; --"'
run market publish panel.nc "$url" --table "$hostile"
expect_rc 0
fetch "$url" back.nc "table=$hostile"
expect_rc 0
"$helper" same panel.nc back.nc || fail "a hostile table's name changes the panel"
expect_same 1 \
    "$(sql 'select count(*) from pg_tables where tablename = $$pri"ces; drop table prices; --$$')"
fetch "$url" none.nc 'table=prices; drop table prices'
expect_rc 3
expect 'prices; drop table prices' "$err"
sql 'select 1 from prices limit 1' >/dev/null || fail "the table is gone"
for bad in '' 'a..b' '"open' 'a.b.c.d' '"a"b'; do
    run market publish panel.nc "$url" --table "$bad"
    expect_rc 2
done

# ---- Types --------------------------------------------------------------------------------------
sql "create table typed (day timestamp, code integer, o smallint, h bigint, l real,
        last numeric(30,10),
        vol numeric, note text, flag boolean);
    insert into typed values
        ('2024-01-02', 5930, -3, 9007199254740993, 1.5, 12345678901234567890.0123456789, 0.1, \
        'x', true),
        ('2024-01-03', 5930, null, null, null, -0.0000000001, 'NaN', null, null),
        ('0001-01-01', 660, 32767, -9223372036854775808, 'NaN', 0, \
            123456789012345678901234567890, '', false)"
fetch "$url" typed.nc table=typed map=close=last,volume=vol,symbol=code,open=o,high=h,low=l
expect_rc 0
expect_same "5930 -62135596800 nan nan nan nan nan
5930 1704153600 -3 9007199254740992 1.5 1.2345678901234567e+19 0.10000000000000001
5930 1704240000 nan nan nan -1e-10 nan
660 -62135596800 32767 -9.2233720368547758e+18 nan 0 1.2345678901234568e+29
660 1704153600 nan nan nan nan nan
660 1704240000 nan nan nan nan nan" "$("$helper" show typed.nc | sed 's/-nan/nan/g')"
fetch "$url" x.nc "query=select day, code as symbol, flag as close from typed"
expect_rc 1
expect "column close is of type boolean" "$err"
fetch "$url" x.nc "query=select day, flag as symbol, last as close from typed"
expect "column symbol is of type boolean" "$err"
fetch "$url" x.nc "query=select note as date, code as symbol, last from typed"
expect "column date is of type text, allowed are date, timestamp, timestamptz" "$err"
fetch "$url" x.nc "query=select day, code as symbol, note from typed"
expect "no column is a price" "$err"
fetch "$url" x.nc "query=select null::date as date, code as symbol, last from typed"
expect "row 1: the time is NULL" "$err"
fetch "$url" x.nc "query=select day, null::text as symbol, last from typed"
expect "the symbol is NULL" "$err"
fetch "$url" x.nc "query=select 'infinity'::date as date, code as symbol, last from typed"
expect "infinite" "$err"
fetch "$url" x.nc "query=select now()::timestamp(6) + interval '1 microsecond' * n as time, 'a'
    as symbol, 1.0 as close from generate_series(1, 2) n"
expect "fraction of a second" "$err"
fetch "$url" x.nc "query=select timestamp '2024-01-02 09:00' as time, 'a' as symbol, 1.0 as close"
expect "tell it by --zone" "$err"
fetch "$url" zoned.nc zone=Asia/Seoul "query=select timestamp '2024-01-02 09:00' as time, 'a' as
    symbol, 1.0 as close"
expect_same "a 1704153600Asia/Seoul 1" "$("$helper" show zoned.nc)"
fetch "$url" dates.nc zone=Asia/Seoul "query=select timestamptz '2024-01-02 00:00+09' as time,
    'a   '::char(9) as symbol, 1.0 as close"
expect_same "a 1704153600 1" "$("$helper" show dates.nc)"

# ---- Queries ------------------------------------------------------------------------------------
fetch "$url" q.nc "query=select date, symbol, close from prices where symbol < '000010' ; -- all"
expect_rc 1
fetch "$url" q.nc "query=select date, symbol, close from prices where symbol < '000010' -- some"
expect_rc 0
fetch "$url?query=select%20date%2C%20symbol%2C%20close%20from%20prices%20order%20by%201%3B" q.nc
expect_rc 0
fetch "$url" q.nc "query=delete from prices returning *"
[ "$rc" -ne 0 ] || fail "a query may delete"
fetch "$url" q.nc "query=select * from prices; delete from prices"
[ "$rc" -ne 0 ] || fail "two statements may run"
sql "create function wipe() returns integer language sql as 'delete from prices; select 1'"
fetch "$url" q.nc "query=select date, symbol, close, wipe() from prices"
[ "$rc" -ne 0 ] || sql "select 1/count(*) from prices" >/dev/null ||
    fail "a query's function deletes"
fetch "$url" q.nc "query=selec 1"
expect_rc 1
expect 'syntax error' "$err"
fetch "$url?table=prices&query=select%201" q.nc
expect "both a table and a query" "$err"
fetch "$url" q.nc
expect "?table=NAME" "$err"
fetch "$url?table=none" q.nc
expect_rc 3
expect 'relation "none" does not exist' "$err"
expect "$shown: cannot read table none" "$err"
expect_secret

# ---- Passwords ----------------------------------------------------------------------------------
wrong="postgresql://desk:wr0ng-s3cret@127.0.0.1:$port/postgres"
fetch "$wrong?table=prices" q.nc
expect_rc 11
expect "password authentication failed" "$err"
case "$out$err" in *wr0ng-s3cret*) fail "the wrong password is told" ;; esac
run market publish panel.nc "$wrong" --table t --verbose
expect_rc 74
case "$out$err" in *wr0ng-s3cret*) fail "publish tells the wrong password" ;; esac
for ill in "postgresql://desk:s3cret/x@127.0.0.1:$port/postgres" \
    "postgresql://desk:s3cret%zz@127.0.0.1:$port/postgres" \
    "postgresql://desk@127.0.0.1:$port/postgres?password=s3cret&nonsense=1" \
    "postgresql://desk:s3cret@127.0.0.1:notaport/postgres" \
    "postgresql://127.0.0.1:$port/none?user=desk&password=s3cret"; do
    fetch "$ill" q.nc table=t
    [ "$rc" -ne 0 ] || fail "$ill is taken"
    case "$out$err" in *s3cret*) fail "told: $err" ;; esac
    run market publish panel.nc "$ill" --table t --verbose --json
    case "$out$err" in *s3cret*) fail "told: $err" ;; esac
done
PGPASSWORD=$password fetch "$shown?table=prices" q.nc
expect_rc 0
printf '127.0.0.1:%s:*:desk:%s\n' "$port" "$(printf %s "$password" | sed 's/[\\:]/\\&/g')" \
    >"$work/pass"
chmod 600 "$work/pass"
PGPASSFILE=$work/pass fetch "$shown?table=prices" q.nc
expect_rc 0
fetch "postgresql://desk:$encoded@127.0.0.1:$port/postgres?sslmode=require" q.nc table=prices
expect_rc 11
expect "SSL" "$err"
fetch "postgresql://desk@/postgres?host=$work/server&port=$port&password=$encoded" q.nc table=prices
expect_rc 0
fetch "postgresql://desk:x@127.0.0.1:1/postgres" q.nc table=prices
expect_rc 11
expect "127.0.0.1" "$err"

# ---- Writing: all or nothing --------------------------------------------------------------------
rows=$(sql "select count(*) from prices")
run market publish panel.nc "$url" --table prices
expect_rc 2
expect "is there already" "$err"
run market publish panel.nc "$url" --table prices --append
expect_rc 0
expect_same $((2 * rows)) "$(sql "select count(*) from prices")"
run market publish panel.nc "$url" --table prices --replace
expect_rc 0
expect_same "$rows" "$(sql "select count(*) from prices")"
run market publish panel.nc "$url" --table prices --replace --append
expect_rc 2
run market publish panel.nc "$url" --table nowhere --append
expect_rc 3
run market publish panel.nc "$url"
expect "--table NAME" "$err"
sql "create table whole (date date, symbol varchar(20), open integer, high integer, low integer,
    close integer, volume integer, adj_close integer)"
run market publish panel.nc "$url" --table whole --append
expect_rc 2
expect "does not fit column" "$err"
expect_same 0 "$(sql "select count(*) from whole")"
sql "create table lacking (date date, symbol text, open float8)"
run market publish panel.nc "$url" --table lacking --append
expect "it has no column high" "$err"
sql "create table unique_one (date date, symbol text, open float8, high float8, low float8,
    close float8, volume float8, adj_close float8, primary key (symbol))"
run market publish panel.nc "$url" --table unique_one --append
expect_rc 2
expect "duplicate key" "$err"
expect_same 0 "$(sql "select count(*) from unique_one")"
sql "create table exact (date timestamptz, symbol text, open numeric, high numeric, low numeric,
    close numeric, volume numeric, adj_close numeric, note text default 'n')"
run market publish panel.nc "$url" --table exact --append
expect_rc 0
fetch "$url" exact.nc table=exact
# A numeric has no -0.
"$helper" same panel.nc exact.nc values || fail "numerics do not come back as they were"

"$helper" results results.nc || fail "the helper makes no results"
run market publish results.nc "$url" --table runs
expect_rc 0
expect "left out" "$err"
expect_same "5|0.05|000020|KOSPI|0|0
5|0.05|A, \"B\"|KOSDAQ|0.1|11
5|0.1|000020|KOSPI|0.2|22
5|0.1|A, \"B\"|KOSDAQ||33
10|0.05|000020|KOSPI|0.4|44
10|0.05|A, \"B\"|KOSDAQ|0.5|55
10|0.1|000020|KOSPI|0.6000000000000001|66" "$(sql \
    "select fast, stop_loss, symbol, market, sharpe, trades from runs order by trades")"
expect_same "bigint double precision text text double precision integer" "$(sql "select \
    string_agg(data_type, ' ' order by ordinal_position) from information_schema.columns where \
    table_name = 'runs'")"
run market publish results.nc "$url" --table days --vars days
expect_rc 2
expect "holds no values" "$err"
run market publish results.nc "$url" --table days --vars nothing
expect_rc 3

# ---- Servers that die, runs that are stopped ----------------------------------------------------
slow="select date '2024-01-01' + (n % 1000)::int as date, 'S' || n / 1000 as symbol, n::float8
    as close, pg_sleep(case when n % 1000 = 0 then 0.01 else 0 end) as volume_note from
    generate_series(1, 1000000) n"
fetch "$url" stop.nc stop=3000 "query=$slow"
expect_rc 9
[ ! -e stop.nc ] || fail "a stopped run leaves a file"
sleep 0.5
expect_same 0 "$(copies)"

"$helper" fetch "$url" dead.nc "query=$slow" >"$work/out" 2>"$work/err" &
child=$!
for _ in $(seq 100); do
    [ "$(sql "select count(*) from pg_stat_activity where query like 'COPY%' and state = \
        'active'")" = 1 ] && break
    sleep 0.05
done
last="a server that dies"
stop_server immediate
wait "$child"
rc=$?
err=$(cat "$work/err")
expect_rc 11
expect "$shown: cannot run the query: " "$err"
[ ! -e dead.nc ] || fail "a fetch from a dead server leaves a file"
start_server "$port"

# A slow table: each row of it sleeps. Old rows stay when the run is stopped or the server dies.
sql "create table slow (like prices);
    insert into slow select * from prices limit 5;
    create function nap() returns trigger language plpgsql as
        'begin perform pg_sleep(0.01); return new; end';
    create trigger nap before insert on slow for each row execute function nap()"
for how in INT server; do
    "$program" market publish panel.nc "$url" --table slow --replace >"$work/out" 2>"$work/err" &
    child=$!
    wait_copy
    sleep 0.3
    last="publish that is ended by $how"
    if [ "$how" = INT ]; then kill -INT "$child"; else stop_server immediate; fi
    wait "$child"
    rc=$?
    out=$(cat "$work/out")
    err=$(cat "$work/err")
    if [ "$how" = INT ]; then expect_rc 130; else expect_rc 74; start_server "$port"; fi
    expect_secret
    sleep 0.3
    expect_same 5 "$(sql "select count(*) from slow")"
done

echo "$checks checks, $failures failed"
[ "$failures" -eq 0 ]
