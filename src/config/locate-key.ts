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
const blank = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
const stringLiteral = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|`(?:[^`\\]|\\[^])*`/y;
const regexLiteral = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const keyToken = /(?:(?<name>[\w$]+)|'(?<single>[^'\n]*)'|"(?<double>[^"\n]*)")(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*:/y;

/** Deeper than any config; a file that goes further is read no more. */
const maxDepth = 200;

/** Where the object begins; a config in JSON has no more than that. */
const starts = [
  /^\s*export\s+default\s+(?:defineConfig\s*\(\s*)?(?=\{)/m,
  /^[^/*\n]*\bdefineConfig\s*\(\s*(?=\{)/m,
  /^\s*(?=\{)/,
];

/** The object of a TypeScript, JavaScript or JSON config. */
function objectLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const start = starts.map((pattern) => pattern.exec(text)).find((found) => found !== null);
  if (start === undefined) return lines;
  let position = start.index + start[0].length;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found !== null) position = pattern.lastIndex;
    return found;
  };
  let line = 1;
  let counted = 0;
  const lineHere = (): number => {
    for (let end = text.indexOf('\n', counted); end !== -1 && end < position; end = text.indexOf('\n', counted)) {
      line += 1;
      counted = end + 1;
    }
    return line;
  };

  /** One value, with everything up to the comma or bracket behind it. */
  let depth = 0;
  function skipValue(path: string): void {
    depth += 1;
    if (depth > maxDepth) position = text.length;
    else skipBody(path);
    depth -= 1;
  }

  function skipBody(path: string): void {
    take(blank);
    if (text[position] === '{') walk('{', '}', path);
    else if (text[position] === '[') walk('[', ']', path);
    else take(regexLiteral);
    while (position < text.length) {
      take(blank);
      if (take(stringLiteral) !== null) continue;
      const character = text[position] ?? '';
      if (',}])'.includes(character)) return;
      position += 1;
      if (character === '{' || character === '[' || character === '(') skipNested(character);
    }
  }

  function skipNested(open: string): void {
    const close = { '{': '}', '[': ']', '(': ')' }[open] ?? ')';
    while (position < text.length && text[position] !== close) {
      skipValue('');
      if (text[position] === ',') position += 1;
      else if (text[position] !== close && ',}])'.includes(text[position] ?? '')) return;
    }
    position += 1;
  }

  function walk(open: '{' | '[', close: '}' | ']', path: string): void {
    position += 1;
    for (let index = 0; position < text.length; index += 1) {
      take(blank);
      if (text[position] === close) break;
      const keyLine = lineHere();
      const key = open === '{' ? take(keyToken)?.groups : undefined;
      const name = key?.['name'] ?? key?.['single'] ?? key?.['double'];
      const at = open === '[' ? `${path}[${index}]` : name === undefined ? '' : join(path, name);
      if (at !== '' && (path !== '' || open === '{')) lines.set(at, keyLine);
      skipValue(at);
      take(blank);
      if (text[position] !== ',') break;
      position += 1;
    }
    take(blank);
    if (text[position] === close) position += 1;
  }

  walk('{', '}', '');
  return lines;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
