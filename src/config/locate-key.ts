/**
 * On which line of a config file a key stands: for an annotation, after the config has been found wrong.
 *
 * The file is not run and not parsed as a language. Its object is walked as far as it is written out; what a config
 * computes, or imports, has the line of the key that it is under.
 */
import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';

/**
 * @param path the place as problems name it: `pythons[2]`, `flavors.conda.dockerfile`
 * @returns the line, counted from 1, of the nearest key that is there; `null` where nothing of the path is
 */
export function locateKey(text: string, file: string, path: string): number | null {
  const lines = /\.ya?ml$/i.test(file) ? yamlLines(text) : objectLines(text);
  for (let at = path; at !== ''; at = parentOf(at)) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return null;
}

/** `a.b[2]` → `a.b` → `a` → ``. A key with a dot in it (`pythons.3.10`) loses it on the way up, and no more. */
function parentOf(path: string): string {
  const cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
  return cut <= 0 ? '' : path.slice(0, cut);
}

function yamlLines(text: string): ReadonlyMap<string, number> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lines = new Map<string, number>();
  const visit = (node: unknown, path: string): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue;
        const at = join(path, String(pair.key.value));
        note(pair.key, at);
        visit(pair.value, at);
      }
    }
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        note(item, `${path}[${index}]`);
        visit(item, `${path}[${index}]`);
      }
    }
  };
  const note = (node: unknown, at: string): void => {
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) lines.set(at, counter.linePos(start).line);
  };
  visit(document.contents, '');
  return lines;
}

/** What is skipped as one: comments, strings, templates without nesting, regular expressions where a value may stand. */
const blank = /(?:\s|\/\/[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y;
const stringLiteral = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|`(?:[^`\\]|\\[^])*`/y;
const regexLiteral = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const keyToken =
  /(?:(?<name>[\w$]+)|'(?<single>[^'\n]*)'|"(?<double>[^"\n]*)")(?:\s|\/\/[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*:/y;

/** Deeper than any config; a file that goes further is read no more. */
const maxDepth = 200;

/** Where the object begins; a config in JSON has no more than that. */
const starts = [
  /^[ \t]*export\s+default\s+(?:defineConfig\s*\(\s*)?(?=\{)/m,
  /^[^/*\n]*\bdefineConfig\s*\(\s*(?=\{)/m,
  /^\s*(?=\{)/,
];

/** The object of a TypeScript, JavaScript or JSON config. */
function objectLines(text: string): ReadonlyMap<string, number> {
  const start = starts.map((pattern) => pattern.exec(text)).find((found) => found !== null);
  return start === undefined ? new Map() : new ObjectWalk(text, start.index + start[0].length).lines();
}

/** Walks an object literal as far as it is written out, and notes the line of each key. */
class ObjectWalk {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  #position: number;
  #line = 1;
  /** Up to where line ends were counted. */
  #counted = 0;
  #depth = 0;

  /** @param start at the opening brace */
  constructor(text: string, start: number) {
    this.#text = text;
    this.#position = start;
  }

  lines(): ReadonlyMap<string, number> {
    this.#walk('{', '}', '');
    return this.#lines;
  }

  get #here(): string | undefined {
    return this.#text[this.#position];
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#position = pattern.lastIndex;
    return found;
  }

  #lineHere(): number {
    const next = (): number => this.#text.indexOf('\n', this.#counted);
    for (let end = next(); end !== -1 && end < this.#position; end = next()) {
      this.#line += 1;
      this.#counted = end + 1;
    }
    return this.#line;
  }

  /** One value, with everything up to the comma or bracket behind it. */
  #skipValue(path: string): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#position = this.#text.length;
    else this.#skipBody(path);
    this.#depth -= 1;
  }

  #skipBody(path: string): void {
    this.#take(blank);
    if (this.#here === '{') this.#walk('{', '}', path);
    else if (this.#here === '[') this.#walk('[', ']', path);
    else this.#take(regexLiteral);
    while (this.#position < this.#text.length) {
      this.#take(blank);
      if (this.#take(stringLiteral) !== null) continue;
      const character = this.#here ?? '';
      if (',}])'.includes(character)) return;
      this.#position += 1;
      if (character === '{' || character === '[' || character === '(') this.#skipNested(character);
    }
  }

  #skipNested(open: string): void {
    const close = { '{': '}', '[': ']', '(': ')' }[open] ?? ')';
    while (this.#position < this.#text.length && this.#here !== close) {
      this.#skipValue('');
      if (this.#here === ',') this.#position += 1;
      else if (this.#here !== close && ',}])'.includes(this.#here ?? '')) return;
    }
    this.#position += 1;
  }

  #walk(open: '{' | '[', close: '}' | ']', path: string): void {
    this.#position += 1;
    for (let index = 0; this.#position < this.#text.length; index += 1) {
      this.#take(blank);
      if (this.#here === close) break;
      const keyLine = this.#lineHere();
      const key = open === '{' ? this.#take(keyToken)?.groups : undefined;
      const name = key?.['name'] ?? key?.['single'] ?? key?.['double'];
      const at = open === '[' ? `${path}[${index}]` : name === undefined ? '' : join(path, name);
      if (at !== '' && (path !== '' || open === '{')) this.#lines.set(at, keyLine);
      this.#skipValue(at);
      this.#take(blank);
      if (this.#here !== ',') break;
      this.#position += 1;
    }
    this.#take(blank);
    if (this.#here === close) this.#position += 1;
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
