# bash completion for pandwacht. Commands and options are asked of the program itself, so they are never stale.
_pandwacht() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[*]:1:COMP_CWORD-1} program=${COMP_WORDS[0]}
    local list words command=
    list=$("$program" --list 2>/dev/null | cut -f1) || return
    while read -r words; do
        case "$before " in "$words "*) command=$words ;; esac
    done <<<"$list"
    if [ -z "$command" ]; then
        # the next word of the commands that begin as what was typed
        mapfile -t COMPREPLY < <(compgen -W "$(sed -n "s/^${before:+$before }\([^ ]*\).*/\1/p" <<<"$list" | sort -u)" -- "$current")
        return
    fi
    case $current in
    -*) mapfile -t COMPREPLY < <(compgen -W "$("$program" $command --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p')" -- "$current") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
}
complete -o filenames -F _pandwacht pandwacht
