#!/usr/bin/env bash
# The demo's prices: the same seed gives the same bytes, another seed others, faults are planted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$here/make_prices.py" "$folder/a.csv" --symbols 6 --bars 200 >/dev/null
"$here/make_prices.py" "$folder/b.csv" --symbols 6 --bars 200 >/dev/null
"$here/make_prices.py" "$folder/c.csv" --symbols 6 --bars 200 --seed 2 >/dev/null
"$here/make_prices.py" "$folder/d.csv" --symbols 6 --bars 200 --clean >/dev/null
cmp "$folder/a.csv" "$folder/b.csv"
if cmp -s "$folder/a.csv" "$folder/c.csv"; then
  echo "another seed made the same prices"
  exit 1
fi
rows=$(wc -l <"$folder/d.csv")
[ "$rows" -eq 1201 ] || { echo "$rows lines, expected 1201"; exit 1; }
halts=$(grep -c ',000020,0,0,0,' "$folder/a.csv")
[ "$halts" -eq 5 ] || { echo "$halts halted rows, expected 5"; exit 1; }
if "$here/make_prices.py" "$folder/e.csv" --symbols 0 2>"$folder/error"; then
  echo "no symbols were accepted"
  exit 1
fi
grep -q 'allowed 1 to 10000' "$folder/error"
