# test_generated.sh - the committed manual page and reference are what the program writes today.
. "$(dirname "$0")/common.sh"

mkdir reference
"$program" reference reference || fail "tandem reference"
"$program" man >tandem.1 || fail "tandem man"
expect_same tandem.1 "$source_tree/docs/man/tandem.1" \
    "docs/man/tandem.1 is out of date: run tools/generate"
for page in reference/*.md; do
    expect_same "$page" "$source_tree/docs/$page" "docs/$page is out of date: run tools/generate"
done
for page in "$source_tree"/docs/reference/*.md; do
    expect_file "reference/$(basename "$page")"
done
# Links of the index lead somewhere.
grep -o '([a-z.-]*\.md)' reference/README.md | tr -d '()' | while read -r page; do
    [ -e "reference/$page" ] || echo "$page"
done >missing
checks=$((checks + 1))
[ ! -s missing ] || fail "the index links to pages that are not there: $(cat missing)"
if command -v mandoc >/dev/null; then
    checks=$((checks + 1))
    # The page has no date: it would be one more thing to keep up.
    mandoc -T lint -W warning tandem.1 | grep -v "missing date" >lint
    [ ! -s lint ] || fail "mandoc: $(cat lint)"
else
    echo "mandoc is not here: the manual page is not linted"
fi
finish
