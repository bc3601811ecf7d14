# test_commands.sh - every command that needs no study, and the help of each.
. "$(dirname "$0")/common.sh"

for flag in --help -h; do
    run "$flag"; expect_rc 0; expect_out "Usage: tandem COMMAND"; expect_out "rqa study"
    expect_no_err
done
run help; expect_rc 0; expect_out "rqa recommend"
run help rqa study; expect_rc 0; expect_out "--profile"; expect_no_err
run help rqa; expect_rc 0; expect_out "rqa export"
run help nothing; expect_rc 3; expect_err 'no command "nothing"'
run --version; expect_rc 0; expect_out "tandem 0."
run version --json; expect_rc 0; expect_json; expect_out '"version"'
run; expect_rc 2; expect_err "which command?"; expect_no_out
run rqa; expect_rc 2; expect_err "which command of rqa?"
run rqa --help; expect_rc 0; expect_out "rqa plot"

commands=$("$program" --help | sed -n 's/^  \([a-z]\+\( [a-z]\+\)\?\)  .*/\1/p')
[ "$(wc -l <<<"$commands")" -ge 14 ] || fail "the help lists too few commands: $commands"
while read -r command; do
    # shellcheck disable=SC2086
    run $command --help; expect_rc 0; expect_out "Usage: tandem $command"
    expect_out "Examples:"; expect_no_err
    # shellcheck disable=SC2086
    run $command -h; expect_rc 0; expect_out "Usage: tandem $command"
    # shellcheck disable=SC2086
    run $command --help-all; expect_rc 0; expect_out "Usage: tandem $command"
    # shellcheck disable=SC2086
    run $command --no-such-flag; expect_rc 2; expect_err "unknown flag --no-such-flag"
    expect_err "--help"
done <<<"$commands"

# Ranges, units, defaults and choices come from the operation's table.
run rqa run --help
expect_out "1 to 64; default 1"; expect_out "samples"; expect_out "One of absolute, sd, rate"
expect_out "--eps-unit"; expect_out "--modes"
run rqa run --help-all; expect_out "--theiler-diagonal"; expect_out "--isa"

run devices; expect_rc 0; expect_out "cpu"; expect_no_err
run devices --json; expect_rc 0; expect_json; expect_out '"name": "cpu"'
run devices --device cpu; expect_rc 0
run devices --device cuda:9; expect_rc 6; expect_err 'device is "cuda:9"'
run doctor; expect_rc 0; expect_out "instructions"; expect_out "netCDF"; expect_out "can be written"
expect_out "CUDA"; expect_out "OpenCL"; expect_out "kernels"; expect_out "right answer"
run doctor --json; expect_rc 0; expect_json; expect_out '"ok": true'

run describe; expect_rc 0; expect_out "rqa.measures"; expect_out "stats.groups"
expect_out "rqa.study"
for operation in rqa.measures stats.groups rqa.study; do
    run describe "$operation"; expect_rc 0; expect_out "Parameters:"
    run describe "$operation" --json; expect_rc 0; expect_json; expect_out "$operation"
    run describe "$operation" --markdown; expect_rc 0; expect_out "# $operation"
done
for name in rsi RSI market.RSI; do
    run describe "$name"; expect_rc 0; expect_out "market.rsi - "
done
run describe strategies; expect_rc 0; expect_out "ma_cross"; expect_out "rsi_reversion"
run describe ma_cross; expect_rc 0; expect_out "crosses_above(sma(close, fast)"
run describe ma_crss; expect_rc 3; expect_err 'did you mean "ma_cross"'; expect_no_out
run describe --json; expect_rc 0; expect_json
run describe rqa.nothing; expect_rc 3; expect_err "there are rqa.measures"; expect_no_out
run describe rqa.nothing --json; expect_rc 3; expect_json; expect_out '"NOT_FOUND"'

run completion bash; expect_rc 0; expect_out "complete -F _tandem tandem"
run completion zsh; expect_rc 0; expect_out "#compdef tandem"
run completion fish; expect_rc 2; expect_err "allowed bash, zsh"
run man; expect_rc 0; expect_out ".TH TANDEM 1"
mkdir reference; run reference reference; expect_rc 0; expect_file reference/README.md
expect_file reference/rqa-study.md
run reference nowhere; expect_rc 74; expect_err "nowhere"
finish
