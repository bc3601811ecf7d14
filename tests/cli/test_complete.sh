# test_complete.sh - the completion scripts, asked as the shells ask them.
. "$(dirname "$0")/common.sh"

"$program" completion bash >tandem.bash
"$program" completion zsh >_tandem
checks=$((checks + 1)); bash -n tandem.bash || fail "bash does not read its completion"
source ./tandem.bash

# complete_line LINE: COMPREPLY as bash would fill it; = and : are words of their own there.
complete_line() {
    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
    local cut=$1
    cut=${cut//:/ : }; cut=${cut//=/ = }
    read -ra COMP_WORDS <<<"$cut"
    [[ $1 == *[[:space:]:=] ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _tandem
    last="completing \"$1\""
    out=" ${COMPREPLY[*]} "
}
expect_word() { expect_out " $1 "; }
expect_no_word() { checks=$((checks + 1)); [[ $out != *" $1 "* ]] || fail "$last offers $1"; }

complete_line "tandem "; expect_word rqa; expect_word doctor; expect_word --help
complete_line "tandem de"; expect_word devices; expect_word describe; expect_no_word doctor
complete_line "tandem rqa "; expect_word study; expect_word export; expect_word recommend
complete_line "tandem rqa st"; expect_word study; expect_no_word run
complete_line "tandem rqa study --prof"; expect_word --profile; expect_no_word --modes
complete_line "tandem rqa study --profile "; expect_word gaze; expect_word marwan
complete_line "tandem rqa study --profile g"; expect_word gaze; expect_no_word marwan
complete_line "tandem rqa study --profile=g"; expect_word gaze
complete_line "tandem rqa study --modes x"; expect_word x:l1; expect_word xy:l2; expect_no_word y:l1
complete_line "tandem rqa study --modes x:"; expect_word l1; expect_word max
complete_line "tandem rqa study --measures rr,d"; expect_word rr,det; expect_word rr,div
complete_line "tandem rqa export "; checks=$((checks + 1)); [ ${#COMPREPLY[@]} -eq 0 ] ||
    fail "$last: files are bash's to offer"
complete_line "tandem market "; expect_word backtest; expect_word compute; expect_no_word study
complete_line "tandem market backtest --fill "; expect_word open; expect_word close
complete_line "tandem market backtest --measures sharpe,t"; expect_word sharpe,trades
complete_line "tandem market backtest p.nc --st"; expect_word --strategy; expect_word --stop-loss
complete_line "tandem describe rqa."; expect_word rqa.measures; expect_word rqa.study
complete_line "tandem completion "; expect_word bash; expect_word zsh
complete_line "tandem rqa study recordings --th"; expect_word --threads
expect_word --theiler-diagonal

if command -v zsh >/dev/null; then
    checks=$((checks + 1)); zsh -n _tandem || fail "zsh does not read its completion"
    # The function runs outside of a completion: its helpers are replaced by ones that print.
    cat >ask.zsh <<'Z'
_describe() { print -rl -- "${(@P)2}" }
_arguments() { print -rl -- "$@" }
compdef() { }
source ./_tandem
words=(tandem rqa study --) CURRENT=4
_tandem
words=(tandem d) CURRENT=2
_tandem
Z
    zsh -f ask.zsh >out 2>err || fail "zsh cannot run its completion"
    last="zsh" out=$(cat out) err=$(cat err)
    expect_no_err
    expect_out "--profile=["; expect_out "(marwan julia"
    expect_out "_values -s , value x\\:l1"; expect_out "devices:List the devices"
else
    echo "zsh is not here: its completion is not checked"
fi
finish
