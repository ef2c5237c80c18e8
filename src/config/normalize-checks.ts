/** Checks by name: which cells of which releases are checked, and which tags wait for it. */
import { checkPlatform } from './build-spec.ts';
import type { ImageContext } from './normalize-axes.ts';
import { unknownValue } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedImage } from './schema.ts';
import type { Axis, Check } from './types.ts';

type Given = NonNullable<ParsedImage['checks']>[string];

export function readChecks(image: ParsedImage, axes: readonly Axis[], context: ImageContext): Check[] {
  return Object.entries(image.checks ?? {}).map(([name, given]) => readCheck(name, given, axes, context));
}

function readCheck(name: string, given: Given, axes: readonly Axis[], { at, scheme, problems }: ImageContext): Check {
  if (given === '*') return { name, range: null, axes: new Map(), platforms: null, before: 'convenience' };
  const { since, range, platforms, before, ...named } = given;
  const ranged = { ...(since === undefined ? {} : { since }), ...(range === undefined ? {} : { range }) };
  platforms?.forEach((platform, index) => checkPlatform(platform, at('checks', name, 'platforms', index), problems));
  const chosen = new Map<string, '*' | readonly string[]>();
  for (const [key, value] of Object.entries(named)) {
    const axis = axes.find((candidate) => candidate.name === key);
    if (axis === undefined) {
      const known = axes.map((candidate) => candidate.name);
      problems.push(unknownValue('axis', key, known, at('checks', name, key)));
      continue;
    }
    const values = typeof value === 'string' ? [value] : value;
    const known = axis.values.map((candidate) => candidate.name);
    for (const one of values)
      if (one !== '*' && !known.includes(one)) problems.push(unknownValue(key, one, known, at('checks', name, key)));
    chosen.set(key, values.includes('*') ? '*' : values);
  }
  return {
    name,
    range: readRange(ranged, scheme, at('checks', name), problems),
    axes: chosen,
    platforms: platforms ?? null,
    before: before ?? 'convenience',
  };
}
