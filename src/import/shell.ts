/** What a script hands over: variables of later steps and outputs, as far as they follow from the git tag. */
import { hasMark } from './marks.ts';
import { expandWord, type ShellScope } from './shell-words.ts';

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
  const variables = new Map<string, string | null>();
  const outputs = new Map<string, string | null>();
  const env = new Map<string, string | null>();
  const scope: ShellScope = {
    ...given,
    variable: (name) => (variables.has(name) ? (variables.get(name) ?? null) : given.variable(name)),
  };
  const blocks: Block[] = [];
  const isOff = (): boolean => blocks.some(({ is }) => is === false);
  const isSure = (): boolean => blocks.every(({ is }) => is === true);
  const value = (word: string): string | null => (isSure() ? expandWord(word, scope) : null);
  const hand = (name: string, word: string, target: string): void => {
    const into = target === 'GITHUB_ENV' ? env : outputs;
    into.set(name.toLowerCase(), value(word));
  };
  for (const line of statements(script)) {
    if (branch(line, blocks, scope) || isOff()) continue;
    const assigned = /^(?:export\s+|local\s+|readonly\s+)?(?<name>[A-Za-z_]\w*)=(?<word>[^]*)$/.exec(line)?.groups;
    if (assigned !== undefined) variables.set(assigned['name'] ?? '', value(assigned['word'] ?? ''));
    const written = handedOver(line);
    if (written !== null) hand(written.name, written.word, written.target);
    const old = /^echo\s+(?<quote>["']?)::set-output\s+name=(?<name>[\w-]+)::(?<word>.*)\k<quote>$/.exec(line)?.groups;
    if (old !== undefined)
      hand(old['name'] ?? '', `${old['quote'] ?? ''}${old['word'] ?? ''}${old['quote'] ?? ''}`, '');
  }
  return { outputs, env };
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
    return plain.split(/;\s*(?=then\b|do\b|fi\b|else\b|elif\b|echo\b|[A-Za-z_]\w*=)/).map((part) => part.trim());
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
  const inner = /^\[\[?\s+(?<inner>[^]*?)\s+\]\]?(?:\s*;?\s*then)?$/.exec(test.trim())?.groups?.['inner'];
  if (inner === undefined || /&&|\|\|/.test(inner)) return null;
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
  const begins = pair['operator'] === '=~' ? /^\^(?<start>[\w/-]+)$/.exec(right)?.groups?.['start'] : undefined;
  if (pair['operator'] === '=~') return begins === undefined ? null : left.startsWith(begins);
  const start = /^(?<start>[^*?[\]]*)\*$/.exec(right)?.groups?.['start'];
  if (start === undefined && /[*?[\]]/.test(right)) return null;
  if (hasMark(left) && !hasMark(right) && /\d/.test(right)) return null;
  const isEqual = start === undefined ? left === right : left.startsWith(start);
  return isEqual === (pair['operator'] !== '!=');
}
