
# What follows replaces what the script above needs from the package bash-completion, where
# a shell has not loaded it.
__impala-lbcheck_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    # The words up to the cursor. They are parted at blanks alone: within quotes, too, but
    # not at the =, : and @ at which bash parts them.
    local line=${COMP_LINE:0:COMP_POINT}
    read -r -a words <<<"$line"
    if [[ $line == *[[:blank:]] ]]; then
        words+=("")
    fi
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    prev=${words[cword - 1]}
}

# Of a word such as "dead@2", bash replaces the last part, with its @.
__impala-lbcheck_handle_at()
{
    if [[ $COMP_WORDBREAKS != *@* || $1 != *@* || ${1##*@} == *[=:]* ]]; then
        return
    fi
    local before=${1%"@${1##*@}"} i
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=${COMPREPLY[i]#"$before"}
    done
}

# The files, of the extensions in "json|yaml|" if there are any, and the directories.
__impala-lbcheck_filedir()
{
    if declare -F _filedir >/dev/null; then
        _filedir "$@"
        return
    fi
    if [[ $(type -t compopt) == builtin ]]; then
        compopt -o filenames
    fi
    local name action=-f
    if [[ ${1-} == -d ]]; then
        action=-d
    fi
    while IFS= read -r name; do
        if [[ -d $name || -z ${1-} || "|$1" == *"|${name##*.}|"* ]]; then
            COMPREPLY+=("$name")
        fi
    done < <(compgen "$action" -- "$cur")
}
