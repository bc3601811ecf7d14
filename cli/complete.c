/* complete.c - completion scripts for bash and zsh, from the tables. The scripts hold every
 * command, flag and choice as text, so completing starts no program. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static void add_values(paper *page, const cli_flag *flag)
{
    const td_param *param = flag->param;
    if (flag_lists_measures(flag)) {
        flag_add_measures(page, flag, " ");
        paper_add(page, " all");
    }
    for (uint32_t i = 0; param->type == TD_CHOICE && param->choices && param->choices[i]; ++i)
        paper_addf(page, "%s%s", i ? " " : "", param->choices[i]);
}

static void add_flag_names(paper *page, const flag_list *flags)
{
    for (uint32_t i = 0; i < flags->count; ++i)
        paper_addf(page, "--%s ", flags->item[i].name);
    paper_add(page, "--help");
}

/* The words after the command that are not files: "bash|zsh", or nothing. */
static void add_words(paper *page, const cli_command *command)
{
    if (strncmp(command->words, "[OPERATION", 10) == 0) {
        const td_op *op = NULL;
        for (uint32_t i = 0; (op = op_listed_at(i)); ++i)
            paper_addf(page, "%s%s", i ? " " : "", op->name);
        return;
    }
    for (const char *c = command->words; *c; ++c)
        if (*c >= 'A' && *c <= 'Z') return;
    for (const char *c = command->words; *c; ++c)
        paper_add_bytes(page, *c == '|' ? " " : c, 1);
}

static bool takes_files(const cli_command *command)
{
    return strstr(command->words, "FILE") || strstr(command->words, "DIR") ||
           strstr(command->words, ".nc");
}

/* ---- bash ------------------------------------------------------------------------------- */

static const char bash_head[] =
    "# bash completion for tandem: source <(tandem completion bash)\n"
    "_tandem_values() {\n"
    "    # A list is completed behind its last comma. The prefix goes into the answers, less what\n"
    "    # stands before a colon, at which bash has cut the word already.\n"
    "    local typed=$1 values=$2 prefix= colon= answer\n"
    "    case $typed in *,*) prefix=${typed%,*},; typed=${typed##*,} ;; esac\n"
    "    COMPREPLY=()\n"
    "    for answer in $(compgen -W \"$values\" -- \"$typed\"); do\n"
    "        COMPREPLY+=(\"$prefix$answer\")\n"
    "    done\n"
    "    case $1$COMP_WORDBREAKS in *:*:*) colon=${1%\"${1##*:}\"} ;; esac\n"
    "    COMPREPLY=(\"${COMPREPLY[@]#\"$colon\"}\")\n"
    "    compopt -o nospace 2>/dev/null\n"
    "}\n"
    "_tandem() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT} current=${COMP_WORDS[COMP_CWORD]} words flag= "
    "command=\n"
    "    # Words as the shell's grammar has them, not as COMP_WORDBREAKS cuts them.\n"
    "    read -ra words <<<\"$line\"\n"
    "    [[ $line == *[[:space:]] ]] && words+=(\"\")\n"
    "    local typed=${words[${#words[@]} - 1]} last=\n"
    "    ((${#words[@]} > 2)) && last=${words[${#words[@]} - 2]}\n"
    "    if [[ $typed == --*=* ]]; then flag=${typed%%=*}; typed=${typed#*=}\n"
    "    elif [[ $last == -* ]]; then flag=$last; fi\n"
    "    COMPREPLY=()\n";

static void bash_commands(paper *page)
{
    paper_add(page, "    case \"${words[1]-} ${words[2]-}\" in\n");
    for (const cli_command *command = commands; command->name; ++command)
        if (strchr(command->name, ' '))
            paper_addf(page, "    '%s') ((${#words[@]} > 3)) && command='%s' ;;\n", command->name,
                       command->name);
    paper_add(page, "    esac\n    if [[ -z $command ]]; then\n        case \"${words[1]-}\" in\n");
    for (const cli_command *command = commands; command->name; ++command)
        if (!strchr(command->name, ' '))
            paper_addf(page, "        %s) ((${#words[@]} > 2)) && command=%s ;;\n", command->name,
                       command->name);
    paper_add(page, "        esac\n    fi\n");
}

/* First words, and second words of groups, while no command is complete. */
static void bash_names(paper *page)
{
    paper_add(page,
              "    if [[ -z $command ]]; then\n        case \"${#words[@]}:${words[1]-}\" in\n"
              "        2:*) COMPREPLY=($(compgen -W '");
    const char *group = "";
    paper seconds = {0};
    for (const cli_command *command = commands; command->name; ++command) {
        const size_t bytes = strcspn(command->name, " ");
        const bool same = strncmp(command->name, group, bytes) == 0 && group[bytes] == ' ';
        if (!same) paper_addf(page, "%.*s ", (int)bytes, command->name);
        if (!command->name[bytes]) continue;
        if (!same) {
            if (seconds.bytes) paper_add(&seconds, "' -- \"$typed\")) ;;\n");
            paper_addf(&seconds, "        3:%.*s) COMPREPLY=($(compgen -W '", (int)bytes,
                       command->name);
        }
        paper_addf(&seconds, "%s ", command->name + bytes + 1);
        group = command->name;
    }
    paper_add(page, "--help --version' -- \"$typed\")) ;;\n");
    if (seconds.bytes) {
        paper_add_bytes(page, seconds.data, seconds.bytes);
        paper_add(page, "' -- \"$typed\")) ;;\n");
    }
    paper_free(&seconds);
    paper_add(page, "        esac\n        return\n    fi\n");
}

static void bash_command(paper *page, const cli_command *command)
{
    flag_list flags;
    flags_derive(command, &flags);
    paper_addf(page, "    '%s')\n        case $flag in\n", command->name);
    for (uint32_t i = 0; i < flags.count; ++i) {
        const cli_flag *flag = &flags.item[i];
        if (flag_is_bool(flag)) continue;
        paper_addf(page, "        --%s%s) ", flag->name,
                   strcmp(flag->name, "output") == 0 ? "|-o" : "");
        paper values = {0};
        add_values(&values, flag);
        if (values.bytes)
            paper_addf(page, "_tandem_values \"$typed\" '%s'; return ;;\n", values.data);
        else if (flag_takes_path(flag))
            paper_add(page, "compopt -o default 2>/dev/null; return ;;\n");
        else paper_add(page, "return ;;\n");
        paper_free(&values);
    }
    paper_add(page, "        esac\n        if [[ $typed == -* ]]; then\n            "
                    "COMPREPLY=($(compgen -W '");
    add_flag_names(page, &flags);
    paper_add(page, "' -- \"$typed\"))\n        else\n            ");
    if (takes_files(command)) {
        paper_add(page, "compopt -o default 2>/dev/null\n");
    } else {
        paper_add(page, "COMPREPLY=($(compgen -W '");
        add_words(page, command);
        paper_add(page, "' -- \"$typed\"))\n");
    }
    paper_add(page, "        fi ;;\n");
}

void complete_bash(paper *page)
{
    paper_add(page, bash_head);
    bash_commands(page);
    bash_names(page);
    paper_add(page, "    case $command in\n");
    for (const cli_command *command = commands; command->name; ++command)
        bash_command(page, command);
    paper_add(page, "    esac\n}\ncomplete -F _tandem tandem\n");
}

/* ---- zsh -------------------------------------------------------------------------------- */

/* A sentence inside '...[here]...': what zsh or its _arguments would read is taken out. */
static void add_zsh_doc(paper *page, const char *doc)
{
    for (const char *c = doc; *c && *c != '.' && *c != '\n'; ++c) {
        if (*c == '\'') paper_add(page, "'\\''");
        else if (*c == '[' || *c == ']' || *c == ':' || *c == '\\') paper_addf(page, "\\%c", *c);
        else paper_add_bytes(page, c, 1);
    }
}

static void zsh_flag(paper *page, const cli_flag *flag)
{
    const bool output = strcmp(flag->name, "output") == 0;
    const bool isbool = flag_is_bool(flag);
    if (output) paper_add(page, "        '(-o --output)'{-o,--output=}'[");
    else
        paper_addf(page, "        '%s--%s%s[", flag_is_many(flag) ? "*" : "", flag->name,
                   isbool ? "" : "=");
    add_zsh_doc(page, flag->param->doc);
    paper_add(page, "]");
    paper values = {0};
    add_values(&values, flag);
    const bool list = flag_is_axis(flag) || flag_lists_measures(flag);
    if (!isbool) paper_addf(page, ":%s:", flag->param->name);
    if (values.bytes && list) {
        paper_add(page, "_values -s , value ");
        for (const char *c = values.data; *c; ++c)
            paper_addf(page, *c == ':' ? "\\%c" : "%c", *c);
    } else if (values.bytes) {
        paper_addf(page, "(%s)", values.data);
    } else if (flag_takes_path(flag)) {
        paper_add(page, "_files");
    }
    paper_add(page, "' \\\n");
    paper_free(&values);
}

static void zsh_command(paper *page, const cli_command *command)
{
    flag_list flags;
    flags_derive(command, &flags);
    paper_addf(page, "    '%s')\n        _arguments -s \\\n", command->name);
    for (uint32_t i = 0; i < flags.count; ++i)
        zsh_flag(page, &flags.item[i]);
    paper_add(page, "        '(-h --help)'{-h,--help}'[Show help]' \\\n        ");
    paper words = {0};
    add_words(&words, command);
    if (takes_files(command)) paper_add(page, "'*:file:_files'");
    else if (words.bytes) paper_addf(page, "'1:word:(%s)'", words.data);
    else paper_add(page, "'*:word:'");
    paper_add(page, " ;;\n");
    paper_free(&words);
}

static void zsh_names(paper *page, const char *variable, const char *group)
{
    const size_t bytes = strlen(group);
    const char *last = "";
    paper_addf(page, "    %s=(\n", variable);
    for (const cli_command *command = commands; command->name; ++command) {
        const char *name = command->name;
        if (bytes && (strncmp(name, group, bytes) != 0 || name[bytes] != ' ')) continue;
        if (bytes) name += bytes + 1;
        const size_t first = strcspn(name, " ");
        if (strncmp(last, name, first) == 0 && last[first] == ' ') continue;
        last = name;
        paper_addf(page, "        '%.*s:", (int)first, name);
        add_zsh_doc(page, name[first] ? "Commands of this group" : command->doc);
        paper_add(page, "'\n");
    }
    paper_add(page, "    )\n");
}

/* The first words of commands of two, each once: "rqa", "market". NULL past the last. */
static const char *group_at(uint32_t index, char name[FLAG_NAME_MAX])
{
    name[0] = 0;
    for (const cli_command *command = commands; command->name; ++command) {
        const size_t bytes = strcspn(command->name, " ");
        if (!command->name[bytes] || (name[0] && strncmp(command->name, name, bytes + 1) == 0))
            continue;
        snprintf(name, FLAG_NAME_MAX, "%.*s ", (int)bytes, command->name);
        if (index-- > 0) continue;
        name[bytes] = 0;
        return name;
    }
    return NULL;
}

void complete_zsh(paper *page)
{
    char group[FLAG_NAME_MAX];
    paper_add(page, "#compdef tandem\n# zsh completion for tandem: save as _tandem in a folder of "
                    "$fpath\n_tandem() {\n    local -a names");
    for (uint32_t i = 0; group_at(i, group); ++i)
        paper_addf(page, " %s", group);
    paper_add(page, "\n    local command\n");
    zsh_names(page, "names", "");
    for (uint32_t i = 0; group_at(i, group); ++i)
        zsh_names(page, group, group);
    paper_add(page, "    if ((CURRENT == 2)); then _describe command names; return; fi\n"
                    "    case ${words[2]} in\n");
    for (uint32_t i = 0; group_at(i, group); ++i)
        paper_addf(
            page,
            "    %s)\n"
            "        if ((CURRENT == 3)); then _describe command %s; return; fi\n"
            "        command=\"%s ${words[3]}\"; words=(\"$command\" \"${(@)words[4,-1]}\")\n"
            "        ((CURRENT -= 2)) ;;\n",
            group, group, group);
    paper_add(page, "    *)\n"
                    "        command=${words[2]}; words=(\"$command\" \"${(@)words[3,-1]}\")\n"
                    "        ((CURRENT -= 1)) ;;\n"
                    "    esac\n"
                    "    case $command in\n");
    for (const cli_command *command = commands; command->name; ++command)
        zsh_command(page, command);
    paper_add(page, "    esac\n}\nif [[ $funcstack[1] == _tandem ]]; then _tandem \"$@\"\n"
                    "else compdef _tandem tandem; fi\n");
}
