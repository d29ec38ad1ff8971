# Where we are: the command so far, how many arguments it has, and the option that waits for its value.
function _revento_complete
  set -l current (commandline -ct)
  set -l told (commandline -opc)
  set -l at ""
  set -l waits ""
  set -l place 1
  for word in $told[2..-1]
    set -l further (string trim -- "$at $word")
    if test -n "$waits"
      set waits ""
    else if string match -q -- "-*" $word
      test -z "$(_revento_takes $further)"; or set waits $word
    else if test -n "$(_revento_words $further)"
      set at $further
    else
      set place (math $place + 1)
    end
  end
  set -l before ""
  if test -z "$waits"; and string match -qr -- "^--[a-z-]+=" $current
    set waits (string replace -r -- "=.*" "" $current)
    set before "$waits="
  end
  set -l kind
  if test -n "$waits"
    set kind (_revento_takes (string trim -- "$at $waits"))
  else if string match -q -- "-*" $current
    _revento_options $at
    return
  else
    set kind (_revento_takes (string trim -- "$at $place"))
    test -n "$kind"; or set kind (_revento_takes (string trim -- "$at rest"))
  end
  switch "$kind[1]"
    case ""
      _revento_words $at
    case anything
    case file
      __fish_complete_path (string replace -r -- "^--[a-z-]+=" "" $current)
    case choice
      string replace -r -- "^" $before $kind[2..-1]
    case "*"
      string replace -r -- "^" $before (revento completion --ids $kind[1] 2>/dev/null)
  end
end

complete -c revento -e
complete -c revento -f -a "(_revento_complete)"
