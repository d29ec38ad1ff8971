# Where we are: the command so far, how many arguments it has, and the option that waits for its value.
_revento() {
  local at="" waits="" place=1 word kind option=""
  for word in "${(@)words[2,CURRENT-1]}"; do
    if [[ -n $waits ]]; then
      waits=""
    elif [[ $word == -* ]]; then
      [[ $word == *=* || -z "$(_revento_takes "${at:+$at }$word")" ]] || waits=$word
    elif [[ -n "$(_revento_words "${at:+$at }$word")" ]]; then
      at="${at:+$at }$word"
    else
      place=$((place + 1))
    fi
  done
  if [[ -z $waits && $PREFIX == --*=* ]]; then
    waits=${PREFIX%%=*}
    compset -P 1 '*='
  fi
  if [[ -n $waits ]]; then
    kind=$(_revento_takes "${at:+$at }$waits")
  elif [[ $PREFIX == -* ]]; then
    _revento_offer option "$(_revento_options "$at")"
    return
  else
    kind=$(_revento_takes "${at:+$at }$place")
    [[ -n $kind ]] || kind=$(_revento_takes "${at:+$at }rest")
  fi
  case $kind in
    "") _revento_offer command "$(_revento_words "$at")" ;;
    anything) _message "a value" ;;
    file) _files ;;
    choice*) _revento_offer value "${kind#choice$'\n'}" ;;
    *) _revento_offer $kind "$(revento completion --ids $kind 2>/dev/null)" ;;
  esac
}

# The lines, each with what is said about it.
_revento_offer() {
  local line
  local -a lines
  for line in "${(@f)2}"; do
    [[ -z $line ]] || lines+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  _describe -V "$1" lines
}

(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _revento revento
