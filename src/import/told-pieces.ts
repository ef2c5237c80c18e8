/** What of the matrix tells tags apart: the texts of the lines, and for which jobs they are on. */
import { splitExpressions } from './expression.ts';
import type { GivenLine } from './lines.ts';
import { asText, type Combination } from './matrix.ts';
import { matrixKeys, type Piece } from './pieces.ts';
import { isPlatforms, valuesOf } from './roles.ts';
import { conditionTruth, scopeOf } from './scope.ts';
import { linePieces, type TextContext } from './tag-text.ts';

/** Pieces of every tag, and one for each condition that tells apart what their texts do not. */
export function toldPieces(lines: readonly GivenLine[], context: TextContext): Piece[] {
  const given = lines.filter(({ never }) => never === null);
  const pieces = given.flatMap(({ line }) => linePieces(line, context));
  for (const line of given) {
    const keys = conditionKeys(line, pieces, context);
    if (keys.length > 0) pieces.push({ kind: 'mixed', keys, source: line.line.attributes.get('enable') ?? '' });
  }
  return pieces;
}

/** Keys in `enable` by which jobs differ that are one job by all other keys. */
function conditionKeys({ line, jobs }: GivenLine, pieces: readonly Piece[], { around }: TextContext): string[] {
  const written = line.attributes.get('enable') ?? '';
  const sources = splitExpressions(written).flatMap((part) =>
    part.kind === 'text' ? [] : [part.source.toLowerCase()],
  );
  const named = matrixKeys(around.jobs).filter(
    (key) =>
      sources.some((source) => source.includes(`matrix.${key.toLowerCase()}`)) &&
      !isPlatforms(key, valuesOf(around.jobs, key)),
  );
  if (named.length === 0) return [];
  const told = pieces.flatMap((piece) =>
    piece.kind === 'key' ? [piece.key] : piece.kind === 'mixed' ? piece.keys : [],
  );
  const seen = new Map<string, boolean>();
  const isOn = (job: Combination): boolean => conditionTruth(written, scopeOf(around.runOf(job), job)).is !== false;
  const isTold = (jobs ?? around.jobs).every((job) => {
    const key = JSON.stringify(told.map((name) => asText(job.get(name) ?? null)));
    const on = isOn(job);
    const before = seen.get(key) ?? on;
    seen.set(key, before);
    return before === on;
  });
  return isTold ? [] : named;
}
