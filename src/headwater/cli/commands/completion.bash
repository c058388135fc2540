# Completes the words of headwater; by `eval "$(headwater completion bash)"`.

_headwater_completion() {
    local IFS=$'\n' words=() word glued= before= kind value

    # For bash `a=b` is three words, `a`, `=` and `b`; here it is one.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ ${#words[@]} -gt 0 && ( -n $glued || $word == =* ) ]]; then
            words[-1]+=$word
            if [[ $word == =* ]]; then glued=yes; else glued=; fi
        else
            words+=("$word")
        fi
    done

    # And what it puts an answer in the place of is what stands behind the last `=`.
    word=${words[-1]}
    if [[ $word == *=* && $COMP_WORDBREAKS == *=* ]]; then
        before=${word%=*}=
        if [[ $word == --* ]]; then before=${before#*=}; fi
    fi

    for word in $(
        env COMP_WORDS="${words[*]}" COMP_CWORD=$((${#words[@]} - 1)) \
            _HEADWATER_COMPLETE=bash_complete "$1"
    ); do
        kind=${word%%,*} value=${word#*,}
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                if [[ $value == *= ]]; then compopt -o nospace; fi
                COMPREPLY+=("${value#"$before"}")
                ;;
        esac
    done
}

complete -o nosort -F _headwater_completion headwater
