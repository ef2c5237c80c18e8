/** What every tag of a version of one step ends or begins with, such as `-slim` or `bookworm-`. */
import type { GivenLine } from './lines.ts';
import { bodyOf, isOfRelease } from './tag-line.ts';

export interface Affix {
  readonly side: 'suffix' | 'prefix';
  /** All of it. */
  readonly text: string;
  /** The flavor: the suffix itself, or a prefix without the mark at its end. */
  readonly label: string;
  /** That mark; nothing for a suffix. */
  readonly mark: string;
}

/** `null` where it is not plain text, or differs; a prefix has to be there and to end in a mark. */
export function commonAffix(lines: readonly GivenLine[], side: Affix['side']): Affix | null {
  const texts = lines
    .filter(({ line, never }) => never === null && isOfRelease(line.type, line.attributes) && /\{\{/.test(bodyOf(line)))
    .map(({ line }) => (side === 'suffix' ? endOf(line) : startOf(line)));
  const [text = null] = texts;
  if (text === null || texts.some((other) => other !== text) || /\$\{\{|\{\{/.test(text)) return null;
  if (side === 'suffix') return { side, text, label: text, mark: '' };
  const found = /^(?<label>[a-z](?:[a-z0-9-]*[a-z0-9])?)(?<mark>[-._])$/.exec(text)?.groups;
  return found === undefined ? null : { side, text, label: found['label'] ?? '', mark: found['mark'] ?? '' };
}

function endOf(line: GivenLine['line']): string {
  const body = bodyOf(line);
  return `${body.slice(body.lastIndexOf('}}') + 2)}${line.attributes.get('suffix') ?? ''}`;
}

function startOf(line: GivenLine['line']): string {
  const body = bodyOf(line);
  return `${line.attributes.get('prefix') ?? ''}${body.slice(0, body.indexOf('{{'))}`;
}

/** The line with its affix given by the key; `null` where its text has none. */
export function withoutAffix(given: GivenLine, { side, text, mark }: Affix, stepKey: string): GivenLine | null {
  const { line } = given;
  const { attributes } = line;
  const own = attributes.get(side) ?? '';
  const key = side === 'suffix' ? `\${{ matrix.${stepKey} }}` : `\${{ matrix.${stepKey} }}${mark}`;
  const set = (...more: readonly [string, string][]): GivenLine => ({
    ...given,
    line: { ...line, attributes: new Map([...attributes, ...more]) },
  });
  if (own === text) return set([side, key]);
  const name = line.type === 'raw' ? 'value' : 'pattern';
  const body = attributes.get(name) ?? '';
  const isPlain = line.type === 'raw' || line.type === 'semver' || line.type === 'pep440';
  if (!isPlain || text === '' || own !== '') return null;
  if (side === 'suffix')
    return body.endsWith(text) ? set([name, body.slice(0, body.length - text.length)], [side, key]) : null;
  return body.startsWith(text) ? set([name, body.slice(text.length)], [side, key]) : null;
}
