# Where we are: the command so far, how many arguments it has, and the option that waits for its value.
_revento() {
  local current="${COMP_WORDS[COMP_CWORD]}" path="" waits="" place=1 word kind i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    if [ "$word" = "=" ]; then
      continue
    elif [ -n "$waits" ]; then
      waits=""
    elif [ "${word:0:1}" = "-" ]; then
      [ -z "$(_revento_takes "${path:+$path }$word")" ] || waits="$word"
    elif [ -n "$(_revento_words "${path:+$path }$word")" ]; then
      path="${path:+$path }$word"
    else
      place=$((place + 1))
    fi
  done
  [ "$current" != "=" ] || current=""
  COMPREPLY=()
  if [ -n "$waits" ]; then
    kind="$(_revento_takes "${path:+$path }$waits")"
  elif [ "${current:0:1}" = "-" ]; then
    _revento_offer "$(_revento_options "$path")"
    return
  else
    kind="$(_revento_takes "${path:+$path }$place")"
    [ -n "$kind" ] || kind="$(_revento_takes "${path:+$path }rest")"
  fi
  case "$kind" in
    "") _revento_offer "$(_revento_words "$path")" ;;
    anything) ;;
    file)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
      ;;
    choice*) _revento_offer "$kind" ;;
    *) _revento_offer "$(revento completion --ids "$kind" 2>/dev/null)" ;;
  esac
}

# Those of the lines that begin as the current word does, without what is said about them.
_revento_offer() {
  local line
  while IFS= read -r line; do
    line="${line%%$'\t'*}"
    [ "$line" = "choice" ] || [ -z "$line" ] || [ "${line:0:${#current}}" != "$current" ] || COMPREPLY+=("$line")
  done <<<"$1"
}

complete -F _revento revento
