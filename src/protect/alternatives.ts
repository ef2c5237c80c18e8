/**
 * What all pinned tags look like and no convenience tag does: a few beginnings (`\d+\.\d+\.` and `sha`), or whole tags
 * where a beginning does not tell them apart.
 */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** A number of any length. */
  | { readonly kind: 'number' }
  /** A commit in full. */
  | { readonly kind: 'commit' };

export interface Alternative {
  readonly pieces: readonly Piece[];
  /** Whether anything may follow. */
  readonly isOpen: boolean;
}

/** @returns the fewest pieces that tell each pinned tag from every free one */
export function alternatives(pinned: readonly string[], free: readonly string[]): readonly Alternative[] {
  const found = new Map<string, Alternative>();
  const freeShapes = new Map(free.map((tag) => [shapeOf(tag), tag]));
  const samples = [...freeShapes.values()];
  for (const tag of new Map(pinned.map((text) => [shapeOf(text), text])).values()) {
    const pieces = piecesOf(tag);
    const beginnings = pieces.map((_, index): Alternative => ({ pieces: pieces.slice(0, index + 1), isOpen: true }));
    const whole: Alternative = { pieces, isOpen: false };
    const chosen = [...beginnings, whole].find((one) => !samples.some((sample) => matcher(one).test(sample)));
    const ofShape = chosen === undefined ? pinned.filter((text) => shapeOf(text) === shapeOf(tag)) : [];
    for (const one of chosen === undefined ? ofShape.map(exact) : [chosen]) found.set(regexOf(one), one);
  }
  // One that a shorter one says already is left out.
  const all = [...found.values()];
  return all.filter((one) => !all.some((other) => other !== one && other.isOpen && begins(one, other)));
}

function exact(tag: string): Alternative {
  return { pieces: [{ kind: 'text', text: tag }], isOpen: false };
}

function begins(one: Alternative, other: Alternative): boolean {
  return regexOf({ ...one, isOpen: true }).startsWith(regexOf(other).slice(0, -openEnd.length));
}

function piecesOf(tag: string): Piece[] {
  return [...tag.matchAll(/(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])|\d+|[A-Za-z]+|[^A-Za-z\d]/g)].map(([text]) => {
    if (text.length === 40 && /^[0-9a-f]+$/.test(text)) return { kind: 'commit' };
    return /^\d+$/.test(text) ? { kind: 'number' } : { kind: 'text', text };
  });
}

function shapeOf(tag: string): string {
  return piecesOf(tag).map(pieceRegex).join('');
}

const openEnd = '.*$';

/** In the syntax of RE2, which Docker Hub and GitLab have. */
export function regexOf({ pieces, isOpen }: Alternative): string {
  return `^${pieces.map(pieceRegex).join('')}${isOpen ? openEnd : '$'}`;
}

function pieceRegex(piece: Piece): string {
  if (piece.kind === 'number') return String.raw`\d+`;
  return piece.kind === 'commit' ? '[0-9a-f]{40}' : piece.text.replaceAll('.', String.raw`\.`);
}

/** Made of our own pieces: numbers, letters and signs, so that it never goes back far. */
function matcher(one: Alternative): RegExp {
  return new RegExp(regexOf(one));
}

/** One expression for several, what they begin with said once. */
export function joined(all: readonly Alternative[]): string {
  const tails = all.map(({ pieces, isOpen }) => [...pieces.map(pieceRegex), isOpen ? openEnd : '$']);
  return `^${factored(tails)}`;
}

function factored(tails: readonly (readonly string[])[]): string {
  const byFirst = new Map<string, string[][]>();
  for (const [first = '', ...rest] of tails) byFirst.set(first, [...(byFirst.get(first) ?? []), rest]);
  const parts = [...byFirst].map(
    ([first, rests]) => first + (rests.some((rest) => rest.length > 0) ? factored(rests) : ''),
  );
  return parts.length === 1 ? (parts[0] ?? '') : `(?:${parts.join('|')})`;
}
