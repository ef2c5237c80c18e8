/** What a script hands over: variables of later steps and outputs, as far as they follow from the git tag. */
import { hasMark } from './marks.ts';
import { expandWord, globPattern, regexOf, type ShellScope } from './shell-words.ts';

export interface Handed {
  /** By name in small letters; `null` where only a run knows it. */
  readonly outputs: ReadonlyMap<string, string | null>;
  readonly env: ReadonlyMap<string, string | null>;
}

interface Block {
  /** Of the condition: `null` is not known. */
  readonly is: boolean | null;
  /** Whether a branch before it was taken for certain. */
  readonly isDone: boolean;
}

/** @param script with `${{ }}` put in already */
export function runScript(script: string, given: ShellScope): Handed {
  const run: Running = { given, variables: new Map(), outputs: new Map(), env: new Map(), blocks: [], isLost: false };
  for (const line of statements(script)) if (!runLine(line, run)) break;
  return { outputs: run.outputs, env: run.env };
}

interface Running {
  readonly given: ShellScope;
  readonly variables: Map<string, string | null>;
  readonly outputs: Map<string, string | null>;
  readonly env: Map<string, string | null>;
  readonly blocks: Block[];
  /** It may have ended before, or another file has set what is not known. */
  isLost: boolean;
}

function scopeOf({ given, variables, isLost }: Running): ShellScope {
  const variable = (name: string): string | null => {
    if (variables.has(name)) return variables.get(name) ?? null;
    return isLost ? null : given.variable(name);
  };
  return { ...given, variable };
}

/** @returns false where the script ends */
function runLine(line: string, run: Running): boolean {
  const scope = scopeOf(run);
  if (branch(line, run.blocks, scope) || run.blocks.some(({ is }) => is === false)) return true;
  const listed = /^(?<test>\[\[?\s[^]*?\s\]\]?|test\s[^&|]+?)\s*(?<operator>&&|\|\|)\s*(?<rest>[^]+)$/.exec(
    line,
  )?.groups;
  if (listed !== undefined && line.length <= maxTest) {
    const is = testOf(listed['test'] ?? '', scope);
    const isOn = is === null ? null : is === (listed['operator'] === '&&');
    if (isOn === false) return true;
    run.blocks.push({ is: isOn, isDone: false });
    const goesOn = runLine((listed['rest'] ?? '').replace(/^\{\s*(?<inner>[^]*?);?\s*\}$/, '$<inner>'), run);
    run.blocks.pop();
    return goesOn;
  }
  const isSure = run.blocks.every(({ is }) => is === true);
  if (/^(?:exit|return)\b/.test(line)) {
    if (!isSure) loseAll(run);
    return !isSure;
  }
  if (/^(?:source|\.|eval)\s/.test(line)) loseAll(run);
  takeLine(line, run, (word) => (isSure ? expandWord(word, scope) : null));
  return true;
}

/** From here on only what is set anew is known. */
function loseAll(run: Running): void {
  run.isLost = true;
  for (const values of [run.variables, run.outputs, run.env]) for (const name of values.keys()) values.set(name, null);
}

function takeLine(line: string, run: Running, valueOf: (word: string) => string | null): void {
  const assigned =
    /^(?:(?:export|local|readonly|declare|typeset)\s+(?:-\w+\s+)*)?(?<name>[A-Za-z_]\w*)(?<more>\+?)=(?<word>[^]*)$/.exec(
      line,
    )?.groups;
  if (assigned !== undefined) {
    const name = assigned['name'] ?? '';
    const value = valueOf(assigned['word'] ?? '');
    const before = assigned['more'] === '+' ? scopeOf(run).variable(name) : '';
    run.variables.set(name, value === null || before === null ? null : before + value);
    return;
  }
  const hand = (name: string, word: string, target: string): void => {
    const into = target === 'GITHUB_ENV' ? run.env : run.outputs;
    into.set(name.toLowerCase(), run.isLost && !into.has(name.toLowerCase()) ? null : valueOf(word));
  };
  const written = handedOver(line);
  if (written !== null) return hand(written.name, written.word, written.target);
  const old = /^echo\s+(?<quote>["']?)::set-output\s+name=(?<name>[\w-]+)::(?<word>.*)\k<quote>$/.exec(line)?.groups;
  if (old !== undefined) {
    const quoted = old['quote'] ?? '';
    return hand(old['name'] ?? '', `${quoted}${old['word'] ?? ''}${quoted}`, '');
  }
  // Whatever else sets a variable sets one that is not known: read, printf -v, a loop on one line, a list of commands.
  const read = /^(?:IFS=\S*\s+)?(?:read|mapfile|readarray)\b(?<rest>[^<|]*)/.exec(line)?.groups?.['rest'] ?? '';
  const set = [...line.matchAll(/(?<![\w$.{"'-])(?<name>[A-Za-z_]\w*)\+?=/g)].map(
    ({ groups }) => groups?.['name'] ?? '',
  );
  for (const name of [...set, ...read.split(/\s+/)]) {
    if (/^[A-Za-z_]\w*$/.test(name)) run.variables.set(name, null);
    if (/GITHUB_OUTPUT/.test(line)) run.outputs.set(name.toLowerCase(), null);
    if (/GITHUB_ENV/.test(line)) run.env.set(name.toLowerCase(), null);
  }
}

interface HandedOver {
  readonly name: string;
  /** With its quotation marks. */
  readonly word: string;
  readonly target: string;
}

const handedTo = /(?:>>|\|\s*tee\s+-a)\s*["']?\$\{?(?<target>GITHUB_OUTPUT|GITHUB_ENV)\}?["']?$/;
const handedText = /^(?:echo|printf)\s+(?:-[en]\s+)?(?<quote>["']?)(?<name>[A-Za-z_][\w-]*)=(?<word>[^]*)$/;

/** `echo "name=word" >> "$GITHUB_OUTPUT"`: its end is looked for near the end, so that a long line is read once. */
function handedOver(line: string): HandedOver | null {
  const end = handedTo.exec(line.slice(-100));
  const { target } = end?.groups ?? {};
  if (end === null || target === undefined) return null;
  const length = Math.min(line.length, 100);
  const said = handedText.exec(line.slice(0, line.length - length + end.index).trimEnd())?.groups;
  if (said === undefined) return null;
  const { quote = '', name = '', word = '' } = said;
  if (!word.endsWith(quote)) return null;
  const inner = word.slice(0, word.length - quote.length);
  return { name, word: `${quote}${inner.endsWith(String.raw`\n`) ? inner.slice(0, -2) : inner}${quote}`, target };
}

/** Lines, with those that go on put together, blocks that write to one file undone, and `;` between commands split. */
function statements(script: string): string[] {
  const grouped = script
    .replaceAll(/\\\r?\n\s*/g, ' ')
    .replaceAll(
      /^[ \t]*\{[ \t]*\n(?<body>[^{}]*(?:\$\{[^}]{0,200}\}[^{}]*)*)\}[ \t]*(?<end>>>.*)$/gm,
      (_, body: string, end: string) =>
        body
          .split('\n')
          .map((line) => (/^\s*(?:echo|printf)\s/.test(line) ? `${line} ${end}` : line))
          .join('\n'),
    );
  return grouped.split('\n').flatMap((line) => {
    const plain = line.trim();
    if (plain === '' || plain.startsWith('#')) return [];
    return plain
      .split(/;\s*(?=(?:then|do|done|fi|else|elif|echo|exit|return)\b|[A-Za-z_]\w*\+?=)/)
      .flatMap((part) => part.trim().split(/(?<=^(?:then|else|do))\s+/));
  });
}

/** Opens, turns and closes blocks. @returns whether the line was about that */
function branch(line: string, blocks: Block[], scope: ShellScope): boolean {
  const opened = /^if\s+(?<test>[^]*)$/.exec(line)?.groups?.['test'];
  if (opened !== undefined) {
    const is = testOf(opened, scope);
    blocks.push({ is, isDone: is === true });
    return true;
  }
  if (/^(?:for|while|until|case|select)\s/.test(line)) {
    blocks.push({ is: null, isDone: false });
    return true;
  }
  if (/^(?:fi|done|esac)\b/.test(line)) {
    blocks.pop();
    return true;
  }
  const turned = /^(?:elif\s+(?<test>[^]*)|else)$/.exec(line);
  const last = blocks.at(-1);
  if (turned !== null && last !== undefined) {
    const test = turned.groups?.['test'];
    const own = test === undefined ? true : testOf(test, scope);
    const wasUnsure = last.is === null;
    const is = last.isDone ? false : wasUnsure ? null : own;
    blocks[blocks.length - 1] = { is, isDone: last.isDone || is === true };
    return true;
  }
  return /^(?:then|do)$/.test(line);
}

const maxTest = 500;

/** `[[ $X == refs/tags/* ]]`, `[ -n "$X" ]`; `null` where it is not known. */
function testOf(test: string, scope: ShellScope): boolean | null {
  if (test.length > maxTest) return null;
  const inner = /^(?:\[\[?\s+(?<inner>[^]*?)\s+\]\]?|test\s+(?<words>[^]*?))(?:\s*;?\s*then)?$/.exec(
    test.trim(),
  )?.groups;
  return inner === undefined ? null : testInner(inner['inner'] ?? inner['words'] ?? '', scope);
}

function testInner(inner: string, scope: ShellScope): boolean | null {
  if (/&&|\|\|/.test(inner)) return null;
  const single = /^(?<operator>-n|-z)\s+(?<word>\S+)$/.exec(inner)?.groups;
  if (single !== undefined) {
    const text = expandWord(single['word'] ?? '', scope);
    return text === null ? null : (text === '') === (single['operator'] === '-z');
  }
  const pair = /^(?<left>\S+)\s+(?<operator>==?|!=|=~)\s+(?<right>[^]+)$/.exec(inner)?.groups;
  if (pair === undefined) return null;
  const left = expandWord(pair['left'] ?? '', scope);
  const right = expandWord(pair['right'] ?? '', scope);
  if (left === null || right === null) return null;
  if (hasMark(left) && !hasMark(right) && /\d/.test(right.replaceAll(/\[[^\]]*\]|\{[\d,]+\}/g, ''))) return null;
  const isRegex = pair['operator'] === '=~';
  const pattern = isRegex ? regexOf(right, true) : globPattern(right, (source) => `^(?:${source})$`);
  return pattern === null ? null : (pattern.texts(left) !== null) === (pair['operator'] !== '!=');
}
