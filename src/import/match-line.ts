/** What the patterns of a line see in the git tags of this repository. */
import { compilePattern, type CompiledPattern } from '../domain/pattern.ts';
import { quote } from '../domain/tag.ts';
import { hasMark, marked, markedVersion, numberMarks, unmarked } from './marks.ts';
import type { TagLine } from './tag-line.ts';
import type { VersionShape } from './version-shape.ts';

interface Matched {
  readonly line: TagLine;
  /** Why it gives no tag for any git tag that is a release. */
  readonly never: string | null;
}

/** `type=match` gets what its pattern takes out of a git tag; a version that the action cannot read gives no tag. */
export function withMatch(line: TagLine, shape: VersionShape): Matched {
  const { type, attributes } = line;
  if (type === 'match') return matched(line, shape);
  if ((type !== 'semver' && type !== 'pep440') || (attributes.get('value') ?? '') !== '') return { line, never: null };
  const hasOwn = shape.prefix !== null && !/^v?$/.test(shape.prefix);
  if (hasOwn && !attributes.has('match')) {
    return { line, never: `git tags begin with ${shape.prefix ?? ''}, which type=${type} does not read` };
  }
  const isOdd = type === 'semver' && !shape.isSemver && !attributes.has('match');
  return { line, never: isOdd ? 'the git tags are no versions that type=semver reads, so it gives no tag' : null };
}

function matched(line: TagLine, { prefix }: VersionShape): Matched {
  const written = line.attributes.get('pattern') ?? '';
  const value = line.attributes.get('value') ?? '';
  const group = Number(line.attributes.get('group') ?? 0);
  const compiled = markedPattern(written);
  if (!compiled.ok) return { line, never: `its pattern cannot be read: ${quote(compiled.message)}` };
  const texts = (prefix === null ? ['', 'v'] : [prefix]).map((start) => {
    const subject = value === '' ? `${start}${markedVersion}` : marked(value, start);
    const found = subject === null || value.includes('${{') ? null : compiled.pattern.texts(subject);
    return found === null ? null : (found[group] ?? found[0] ?? null);
  });
  const [text = null, other = text] = texts;
  const isOne = text !== null && text === other && hasMark(text);
  if (isOne) return { line: withText(line, unmarked(text)), never: null };
  // The whole tag, with or without a v.
  if (text === markedVersion && other === `v${markedVersion}`) return { line: withText(line, '{{tag}}'), never: null };
  return value.includes('${{')
    ? { line, never: null }
    : {
        line,
        never: texts.every((one) => one === null)
          ? 'no git tag fits its pattern'
          : 'what it takes out of a git tag is not known',
      };
}

function withText(line: TagLine, text: string): TagLine {
  return { ...line, attributes: new Map([...line.attributes, ['matched', text]]) };
}

/** A pattern whose digits are marks too, each mark as many digits as it asks for. */
function markedPattern(written: string): CompiledPattern {
  const isDelimited = written.startsWith('/') && /\/[a-z]*$/.test(written.slice(1));
  const body = isDelimited ? written.slice(1, written.lastIndexOf('/')) : written;
  return compilePattern(
    body.replaceAll(/\\d|\[0-9\]/g, `[0-9${numberMarks}]`).replaceAll(/(?<=\])\{\d{1,9}(?:,\d{0,9})?\}/g, '+'),
  );
}
