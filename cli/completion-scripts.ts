/**
 * What shells read. No library is used: those for Node either say "no files" always (@bomb.sh/tab, whose script for
 * bash asks for the package bash-completion besides), or are no longer kept (tabtab, omelette).
 *
 * Each asks `leasehold complete -- WORDS`, by the program that is installed, or by npx, which installs nothing then.
 * Where there is no answer, a file may stand there.
 */
const bash = `# bash completion of leasehold
_leasehold() {
  local run=(leasehold) value rest
  type -P leasehold >/dev/null || run=(npx --no leasehold)
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    COMPREPLY+=("$value")
  done < <("\${run[@]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _leasehold leasehold
`;

const zsh = `#compdef leasehold
_leasehold() {
  local -a run found
  local line value
  run=(leasehold)
  whence -p leasehold >/dev/null || run=(npx --no leasehold)
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    found+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${run[@]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then _describe 'leasehold' found; else _files; fi
}
if [ "$funcstack[1]" = "_leasehold" ]; then _leasehold "$@"; else compdef _leasehold leasehold; fi
`;

const fish = `# fish completion of leasehold
function __leasehold_complete
  set -l words (commandline -opc)
  set -l now (commandline -ct)
  set -l run leasehold
  command -q leasehold; or set run npx --no leasehold
  set -l found ($run complete -- $words[2..-1] "$now" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$now"
  end
end
complete -c leasehold -f -a '(__leasehold_complete)'
`;

export const SCRIPTS = { bash, zsh, fish } as const;

export type Shell = keyof typeof SCRIPTS;
