/** Reading a YAML document node by node, with places for messages and the comments next to them. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { InputError, type Problem } from '../domain/errors.ts';
import { isTooDeep } from '../domain/yaml-depth.ts';
import { readAliases, type Targets } from './yaml-aliases.ts';

export type YamlNode = Node | null;
export type Scalar = string | number | boolean | null;

export interface YamlReader {
  readonly root: YamlNode;
  /** `file:line:column` of a node. */
  place(node: YamlNode): string;
  /** The entries of a map in order; none where it is no map. */
  entries(node: YamlNode): readonly YamlEntry[];
  /** One value of a map. */
  at(node: YamlNode, ...path: readonly string[]): YamlNode;
  /** The items of a list; none where it is no list. */
  items(node: YamlNode): readonly YamlNode[];
  /** @returns `undefined` where it is a map or a list */
  scalar(node: YamlNode): Scalar | undefined;
  /** A scalar as text: numbers as they are written. */
  text(node: YamlNode): string | null;
}

/** Faults beyond these say nothing new. */
const maxListed = 20;

export interface YamlEntry {
  readonly key: string;
  readonly value: YamlNode;
  /** Before the key, before the value and behind it. */
  readonly comments: readonly string[];
}

export interface YamlOptions {
  /** Applied to every text that is read. */
  readonly rewrite?: ((text: string) => string) | undefined;
  /** Merge keys (`<<`) are followed, as Compose does and GitHub does not. */
  readonly merge?: boolean;
}

/**
 * @throws {InputError} WORKFLOW_INVALID with the place of every fault
 */
export function readYamlDocument(
  source: string,
  file: string,
  { rewrite = (text) => text, merge = false }: YamlOptions = {},
): YamlReader {
  if (isTooDeep(source)) {
    const fix = 'write it with fewer levels';
    throw new InputError([{ code: 'WORKFLOW_INVALID', where: file, message: 'it is nested too deep', fix }]);
  }
  const lineCounter = new LineCounter();
  const document: Document.Parsed = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = document.errors.slice(0, maxListed).map((fault): Problem => ({
    code: 'WORKFLOW_INVALID',
    where: at(fault.pos[0]),
    message: fault.message,
    fix: 'expected the YAML of a workflow',
  }));
  if (problems.length > 0) throw new InputError(problems);
  const targets = readAliases(document.contents, merge);
  if (targets === null) {
    const message = 'its merge keys (<<) stand for more than a file can need';
    throw new InputError([{ code: 'WORKFLOW_INVALID', where: file, message, fix: 'write the keys out' }]);
  }
  return new DocumentReader({ document, targets, file, at, rewrite });
}

interface Reading {
  readonly document: Document.Parsed;
  readonly targets: Targets;
  readonly file: string;
  readonly at: (offset: number) => string;
  readonly rewrite: (text: string) => string;
}

class DocumentReader implements YamlReader {
  readonly root: YamlNode;
  readonly #targets: Targets;
  readonly #file: string;
  readonly #at: (offset: number) => string;
  readonly #rewrite: (text: string) => string;

  constructor({ document, targets, file, at, rewrite }: Reading) {
    this.root = document.contents;
    this.#targets = targets;
    this.#file = file;
    this.#at = at;
    this.#rewrite = rewrite;
  }

  place(node: YamlNode): string {
    const start = node?.range?.[0];
    return start === undefined ? this.#file : this.#at(start);
  }

  entries(given: YamlNode): readonly YamlEntry[] {
    const node = this.#resolved(given);
    if (!isMap<unknown, Node | null>(node)) return [];
    return node.items.map((pair, index) => {
      const key = isScalar(pair.key) ? pair.key : null;
      // Comments before the first key are the map's.
      const before = index === 0 ? [node.commentBefore, key?.commentBefore] : [key?.commentBefore];
      const value = pair.value ?? null;
      return {
        key: key === null ? '' : String(key.value),
        value,
        // Those before a list or a map inside are its own.
        comments: linesOf(...before, ...(isScalar(value) ? [value.commentBefore, value.comment] : [])),
      };
    });
  }

  at(node: YamlNode, ...path: readonly string[]): YamlNode {
    let found = this.#resolved(node);
    for (const key of path)
      found = this.#resolved(this.entries(found).find((entry) => entry.key === key)?.value ?? null);
    return found;
  }

  items(given: YamlNode): readonly YamlNode[] {
    const node = this.#resolved(given);
    return isSeq<Node | null>(node) ? node.items : [];
  }

  scalar(given: YamlNode): Scalar | undefined {
    const node = this.#resolved(given);
    if (node === null) return null;
    if (!isScalar(node)) return undefined;
    const { value } = node;
    if (typeof value === 'string') return this.#rewrite(value);
    return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  text(given: YamlNode): string | null {
    const node = this.#resolved(given);
    if (node === null || !isScalar(node)) return null;
    return typeof node.value === 'string' ? this.#rewrite(node.value) : (node.source ?? String(node.value));
  }

  #resolved(node: YamlNode): YamlNode {
    return isAlias(node) ? (this.#targets.get(node) ?? null) : node;
  }
}

/** Comments of a node, line by line, without `#`. */
export function commentsOf(node: YamlNode): readonly string[] {
  return node === null ? [] : linesOf(node.commentBefore, isScalar(node) ? node.comment : null);
}

function linesOf(...comments: readonly (string | null | undefined)[]): readonly string[] {
  return comments
    .flatMap((comment) => (comment ?? '').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
