/** Completion scripts for shells. They hold every name themselves, so that a Tab starts no Node. */
import { assertNever } from '../domain/errors.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** What its arguments may be. */
  readonly values: readonly string[];
}

export interface CompletedFlag {
  /** `--quiet`, `-q` */
  readonly names: readonly string[];
  readonly description: string;
  readonly value:
    | { readonly kind: 'choices'; readonly choices: readonly string[] }
    | { readonly kind: 'file' | 'text' }
    | null;
}

export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
    default:
      return assertNever(shell);
  }
}

/** @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bash(commands: readonly CompletedCommand[]): string {
  const values = bashValues(commands);
  const words = commands.map(({ name, flags, values }) => {
    const all = [...flags.flatMap(({ names }) => names), ...values];
    return `    ${name}) words='${all.join(' ')}' ;;`;
  });
  return `# bash completion of tagwright: tagwright completion bash > ~/.local/share/bash-completion/completions/tagwright
_tagwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
    ${commands.map(({ name }) => name).join('|')}) command="$word"; break ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
${values.join('\n')}
  esac
  case "$command" in
    '') words='${commands.map(({ name }) => name).join(' ')} help --help --version' ;;
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tagwright tagwright
`;
}

/** One case for each flag with a value: its choices, files, or nothing. */
function bashValues(commands: readonly CompletedCommand[]): string[] {
  return commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ names, value }) => {
      if (value === null) return [];
      const pattern = names.map((flag) => `'${name} ${flag}'`).join('|');
      const file = 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))';
      const choices =
        value.kind === 'choices' ? `COMPREPLY=($(compgen -W '${value.choices.join(' ')}' -- "$current"))` : ':';
      return [`    ${pattern}) ${value.kind === 'file' ? file : choices}; return ;;`];
    }),
  );
}

/** @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zsh(commands: readonly CompletedCommand[]): string {
  const named = commands.map(({ name, description }) => `    '${name}:${zshText(description)}'`);
  const cases = commands.map(({ name, flags, values }) => {
    const specs = flags.flatMap((flag) =>
      flag.names.map((each) => `'*${each}[${zshText(flag.description)}]${zshValue(flag)}'`),
    );
    const rest = values.length === 0 ? `'*:file:_files'` : `'*:value:(${values.join(' ')})'`;
    return `    ${name}) _arguments ${[...specs, rest].join(' \\\n      ')} ;;`;
  });
  return `#compdef tagwright
# zsh completion of tagwright: tagwright completion zsh > "\${fpath[1]}/_tagwright"
_tagwright() {
  local -a commands
  commands=(
${named.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [[ "$funcstack[1]" = _tagwright ]]; then _tagwright "$@"; else compdef _tagwright tagwright; fi
`;
}

function zshValue({ value }: CompletedFlag): string {
  if (value === null) return '';
  if (value.kind === 'choices') return `:value:(${value.choices.join(' ')})`;
  return value.kind === 'file' ? ':file:_files' : ':value:';
}

function zshText(text: string): string {
  return text.replaceAll("'", String.raw`'\''`).replaceAll(/[[\]:]/g, String.raw`\$&`);
}

/** @see https://fishshell.com/docs/current/completions.html */
function fish(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap(({ name, description, flags, values }) => {
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c tagwright -n 'not __fish_seen_subcommand_from ${names}' -f -a ${name} -d ${fishText(description)}`,
      ...(values.length === 0 ? [] : [`complete -c tagwright ${seen} -f -a ${fishText(values.join(' '))}`]),
      ...flags.map(
        (flag) => `complete -c tagwright ${seen}${fishNames(flag)}${fishValue(flag)} -d ${fishText(flag.description)}`,
      ),
    ];
  });
  return `# fish completion of tagwright: tagwright completion fish > ~/.config/fish/completions/tagwright.fish\n${lines.join('\n')}\n`;
}

function fishNames({ names }: CompletedFlag): string {
  return names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('');
}

function fishValue({ value }: CompletedFlag): string {
  if (value === null) return '';
  if (value.kind === 'choices') return ` -x -a ${fishText(value.choices.join(' '))}`;
  return value.kind === 'file' ? ' -r' : ' -x';
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}
