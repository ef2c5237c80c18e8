/** Words of a shell script: variables, what is cut off them, and a few commands that work on texts. */
import { compilePattern, type LinearPattern } from '../domain/pattern.ts';
import { hasMark, mark, markedVersion, numberMarks } from './marks.ts';

export interface ShellScope {
  /** `null` where it is not known. */
  readonly variable: (name: string) => string | null;
  /** Called with what had to be taken for granted. */
  readonly assume: (what: string) => void;
  /** What git tags begin with. */
  readonly tagPrefix: string;
}

/** A word, or several; quotation marks are gone. `null` where a part of it is not known. */
export function expandWord(word: string, scope: ShellScope): string | null {
  let text = '';
  let quoted = false;
  for (let at = 0; at < word.length;) {
    const character = word.charAt(at);
    const next = word.charAt(at + 1);
    if (character === "'" && !quoted) {
      const end = word.indexOf("'", at + 1);
      if (end === -1) return null;
      text += word.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      quoted = !quoted;
      at += 1;
    } else if (character === '\\' && next !== '') {
      text += /["\\$`]/.test(next) || !quoted ? next : `\\${next}`;
      at += 2;
    } else if (character === '`' || (character === '$' && /[\w{(]/.test(next))) {
      const found = expansion(word, at, scope);
      if (found === null) return null;
      text += found.text;
      at = found.end;
    } else {
      text += character;
      at += 1;
    }
  }
  return quoted ? null : text;
}

function expansion(word: string, at: number, scope: ShellScope): { text: string; end: number } | null {
  const plain = /^\$(?<name>[A-Za-z_]\w*)/.exec(word.slice(at))?.groups?.['name'];
  if (plain !== undefined) return at_(scope.variable(plain), at + plain.length + 1);
  const close = word.startsWith('${', at) ? '}' : word.startsWith('$(', at) ? ')' : '`';
  const start = close === '`' ? at + 1 : at + 2;
  const end = close === '`' ? word.indexOf('`', start) : closing(word, start, close);
  if (end === -1 || word.startsWith('$((', at)) return null;
  const inner = word.slice(start, end);
  return at_(close === '}' ? parameter(inner, scope) : runPipeline(inner, scope), end + 1);
}

function at_(text: string | null, end: number): { text: string; end: number } | null {
  return text === null ? null : { text, end };
}

function closing(word: string, start: number, close: '}' | ')'): number {
  const open = close === '}' ? '{' : '(';
  let depth = 1;
  for (let at = start; at < word.length; at += 1) {
    if (word.charAt(at) === open) depth += 1;
    if (word.charAt(at) === close) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** `NAME`, `NAME#v`, `NAME%.*`, `NAME/+/-`, `NAME:0:7`, `NAME:-other`. */
function parameter(inner: string, scope: ShellScope): string | null {
  const found = /^(?<name>[A-Za-z_]\w*)(?<rest>[^]*)$/.exec(inner)?.groups;
  if (found === undefined) return null;
  const { name = '', rest = '' } = found;
  const value = scope.variable(name);
  if (rest === '' || value === null) return value;
  if (/^:?[-=+?]/.test(rest)) return value === '' ? null : rest.startsWith('+') || rest.startsWith(':+') ? null : value;
  const cut = /^(?<operator>##?|%%?)(?<pattern>[^]*)$/.exec(rest)?.groups;
  if (cut !== undefined) {
    const pattern = expandWord(cut['pattern'] ?? '', scope);
    return pattern === null ? null : cutOff(value, cut['operator'] ?? '', pattern);
  }
  const swap = /^(?<all>\/\/?)(?<from>(?:\\.|[^/\\])+)(?:\/(?<to>[^]*))?$/.exec(rest)?.groups;
  if (swap !== undefined) {
    const [from, to] = [expandWord(swap['from'] ?? '', scope), expandWord(swap['to'] ?? '', scope)];
    const pattern = from === null ? null : globPattern(from);
    return pattern === null || to === null ? null : pattern.replaced(value, () => to, swap['all'] === '//');
  }
  const from = /^:(?<from>\d+)$/.exec(rest)?.groups?.['from'];
  if (from !== undefined) return cutFront(value, Number(from));
  const slice = /^:(?<from>\d*):(?<length>\d+)$/.exec(rest)?.groups;
  if (slice !== undefined) return sliced(value, Number(slice['from']), Number(slice['length']));
  if (rest === '^^') return hasMark(value) ? null : value.toUpperCase();
  return rest === ',,' ? value.toLowerCase() : null;
}

/** Without its first characters, if none of them is a part of the version. */
function cutFront(value: string, from: number): string | null {
  return hasMark(value.slice(0, from)) ? null : value.slice(from);
}

function sliced(value: string, from: number, length: number): string | null {
  if (value === mark('revision') && from === 0) return mark('sha');
  return hasMark(value) ? null : value.slice(from, from + length);
}

/** The shell's `#`, `##`, `%` and `%%`. */
function cutOff(value: string, operator: string, glob: string): string | null {
  const isShort = operator.length === 1;
  const pattern = value.length > maxText ? null : globPattern(glob, (source) => `^(?:${source})$`);
  if (pattern === null) return null;
  const ends = Array.from({ length: value.length + 1 }, (_, index) => index);
  const isFront = operator.startsWith('#');
  // The shortest part that fits, or the longest.
  const order = isFront === isShort ? ends : ends.toReversed();
  const end = order.find((index) => pattern.test(isFront ? value.slice(0, index) : value.slice(index)));
  if (end === undefined) return value;
  return isFront ? value.slice(end) : value.slice(0, end);
}

/** Longer commands, and texts that are tried at every length, are not followed. */
const maxText = 1000;

/** `null` where it is more than `*` and `?`, or cannot be read. */
export function globPattern(glob: string, around = (source: string): string => source): LinearPattern | null {
  if (/[[\]]/.test(glob)) return null;
  const source = glob.replaceAll(/\\.|[*?]|[.^$(){}|+/\\]/g, (token) => {
    if (token === '*') return String.raw`[\s\S]*`;
    if (token === '?') return String.raw`[\s\S]`;
    return token.length > 1 ? token : `\\${token}`;
  });
  return patternOf(around(source));
}

function patternOf(source: string): LinearPattern | null {
  const compiled = compilePattern(source);
  return compiled.ok ? compiled.pattern : null;
}

/** `echo "$X" | sed 's/^v//' | cut -d. -f1`: what it prints. */
export function runPipeline(command: string, scope: ShellScope): string | null {
  if (command.length > maxText) return null;
  const here = command.indexOf('<<<');
  let input = here === -1 ? null : expandWord(command.slice(here + 3).trim(), scope);
  if (here !== -1 && input === null) return null;
  for (const stage of stagesOf(here === -1 ? command : command.slice(0, here))) {
    const output = runStage(stage.trim(), input, scope);
    if (output === null) return null;
    input = output;
  }
  return input;
}

/** What stands between bars that are neither quoted nor doubled. */
function stagesOf(command: string): string[] {
  const pieces = command.match(/'[^']*'|\|+|[^'|]+|'/g) ?? [];
  const stages = [''];
  for (const piece of pieces) {
    if (piece === '|') stages.push('');
    else stages[stages.length - 1] += piece;
  }
  return stages;
}

/** Files and tools that have the version of the project. */
const versionSources: readonly RegExp[] = [
  /^jq\s.*\.version\b.*\.json["']?$/,
  /^cat\s+\S*\.json$/,
  /^node\s+(?:-p|--print|-e|--eval)\s.*\.version\b/,
  /^cat\s+["']?(?:\S*\/)?\.?version(?:\.txt)?["']?$/i,
  /^(?:npm|pnpm|yarn)\s+(?:pkg|info|view)?\s*(?:get\s+)?version$/,
  /^poetry\s+version\s+(?:-s|--short)$/,
  /^(?:uv\s+version\s+--short|hatch\s+version|cargo\s+pkgid\b.*)$/,
];

function runStage(stage: string, input: string | null, scope: ShellScope): string | null {
  if (input === null) {
    const printed = /^(?:echo|printf)\s+(?:-n\s+|-e\s+|["']?%s(?:\\n)?["']?\s+)*(?<word>[^]*)$/.exec(stage)?.groups?.[
      'word'
    ];
    if (printed !== undefined) return expandWord(printed, scope);
    const base = /^basename\s+(?<word>\S+)$/.exec(stage)?.groups?.['word'];
    if (base !== undefined) return expandWord(base, scope)?.split('/').at(-1) ?? null;
    if (/^git\s+describe\b/.test(stage)) {
      scope.assume('git describe is taken for the tag of the release');
      return `${scope.tagPrefix}${markedVersion}`;
    }
    if (/^git\s+rev-parse\b.*\bHEAD$/.test(stage)) return mark(/--short/.test(stage) ? 'sha' : 'revision');
    if (!versionSources.some((source) => source.test(stage))) return null;
    scope.assume(`what ${stage} prints is taken for the version of the release`);
    return markedVersion;
  }
  return filtered(stage, input);
}

function filtered(stage: string, input: string): string | null {
  const sed =
    /^sed\s+(?:-[rEe]+\s+)*(?<quote>["']?)s(?<by>[/|#,@])(?<from>.*?)\k<by>(?<to>.*?)\k<by>(?<flags>g?)\k<quote>$/.exec(
      stage,
    )?.groups;
  if (sed !== undefined) {
    const pattern = regexOf(sed['from'] ?? '', /-[re]*[rE]/.test(stage));
    if (pattern === null) return null;
    const put = (texts: readonly (string | undefined)[]): string =>
      (sed['to'] ?? '').replaceAll(/\\\d/g, (reference) => texts[Number(reference[1])] ?? '');
    return pattern.replaced(input, put, sed['flags'] === 'g');
  }
  const cut = /^cut\s+(?:-d\s*(?<quote>["']?)(?<by>[^"'\s])\k<quote>\s+-f\s*(?<fields>[\d,-]+)|-c\s*1-7)$/.exec(
    stage,
  )?.groups;
  if (cut !== undefined)
    return cut['by'] === undefined ? sliced(input, 0, 7) : fields(input, cut['by'], cut['fields'] ?? '');
  const front = /^cut\s+-c\s*(?<from>\d+)-$/.exec(stage)?.groups?.['from'];
  if (front !== undefined) return cutFront(input, Number(front) - 1);
  if (/^awk\s+'\s*\{\s*print\s+tolower\(\$0\)\s*;?\s*\}\s*'$/.test(stage)) return input.toLowerCase();
  const awk = awkFields(stage, input);
  if (awk !== undefined) return awk;
  const removed = /^tr\s+-d\s+(?<quote>["']?)(?<characters>[^"'\s]+|"|')\k<quote>$/.exec(stage)?.groups?.['characters'];
  if (removed !== undefined) return without(input, removed);
  const cased = /^tr\s+(?<from>\S+)\s+(?<to>\S+)$/.exec(stage)?.groups;
  if (cased !== undefined) return inCase(input, unquoted(cased['from'] ?? ''), unquoted(cased['to'] ?? ''));
  return /^(?:head\s+-n?\s*1|xargs|tee\b.*|jq\s+-r\s+["']?\.version["']?)$/.test(stage) ? input : null;
}

/** What `tr -d` leaves; a line break is none of the text's. */
function without(input: string, removed: string): string | null {
  const plain = removed.replaceAll(/\\[nr]/g, '');
  if (/[\\[\]]/.test(plain)) return null;
  return input.replaceAll(/[^]/gu, (character) => (plain.includes(character) ? '' : character));
}

/** `awk -F. '{print $1"."$2}'`; `undefined` for another command. */
function awkFields(stage: string, input: string): string | null | undefined {
  const found = /^awk\s+-F\s*(?<quote>["']?)(?<by>[^"'\s])\k<quote>\s+'\s*\{\s*print\s+(?<what>[^}]*?)\s*\}\s*'$/.exec(
    stage,
  )?.groups;
  if (found === undefined) return /^awk\b/.test(stage) ? null : undefined;
  const parts = input.split(found['by'] ?? '');
  const words = (found['what'] ?? '').match(/\$NF|\$\d+|"[^"]*"|\S+/g) ?? [];
  const texts = words.map((word): string | null => {
    if (word === '$NF') return parts.at(-1) ?? '';
    if (/^\$[1-9]/.test(word)) return parts[Number(word.slice(1)) - 1] ?? '';
    return word.startsWith('"') ? word.slice(1, -1) : null;
  });
  return texts.includes(null) ? null : texts.join('');
}

function unquoted(word: string): string {
  return word.replaceAll(/["'[\]]/g, '');
}

/** `tr` between capitals and small letters, which GitHub's names of repositories go through. */
function inCase(input: string, from: string, to: string): string | null {
  const isUpper = (set: string): boolean => set === ':upper:' || set === 'A-Z';
  const isLower = (set: string): boolean => set === ':lower:' || set === 'a-z';
  if (isUpper(from) && isLower(to)) return input.toLowerCase();
  if (isLower(from) && isUpper(to)) return hasMark(input) ? null : input.toUpperCase();
  return from.length === 1 && to.length === 1 ? input.replaceAll(from, to) : null;
}

function fields(input: string, by: string, wanted: string): string {
  const parts = input.split(by);
  const picked = parts.filter((_, index) =>
    wanted.split(',').some((range) => {
      const [from = '', to] = range.split('-');
      return (
        index + 1 >= Number(from || 1) && index + 1 <= (to === undefined ? Number(from) : Number(to || parts.length))
      );
    }),
  );
  return picked.join(by);
}

/** A pattern of sed, with digits that are marks too. */
export function regexOf(source: string, isExtended: boolean): LinearPattern | null {
  const plain = isExtended
    ? source
    : source.replaceAll(/\\?[(){}+?|]/g, (token) => (token.length > 1 ? token.slice(1) : `\\${token}`));
  return patternOf(plain.replaceAll('[0-9]', `[0-9${numberMarks}]`).replaceAll('[[:digit:]]', `[0-9${numberMarks}]`));
}
