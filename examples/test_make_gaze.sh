#!/usr/bin/env bash
# The demo's recordings: the same seed gives the same bytes, another seed others, the right number.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$here/make_gaze.py" "$folder/a" --subjects 3 >/dev/null
"$here/make_gaze.py" "$folder/b" --subjects 3 >/dev/null
"$here/make_gaze.py" "$folder/c" --subjects 3 --seed 2 >/dev/null
diff -r "$folder/a" "$folder/b"
if diff -rq "$folder/a" "$folder/c" >/dev/null; then
  echo "another seed made the same recordings"
  exit 1
fi
count=$(find "$folder/a/recordings" -name '*.csv' | wc -l)
[ "$count" -eq 45 ] || { echo "$count recordings, expected 45"; exit 1; }
if "$here/make_gaze.py" "$folder/d" --subjects 0 2>"$folder/error"; then
  echo "no subjects were accepted"
  exit 1
fi
grep -q 'allowed 1 to 1000' "$folder/error"
