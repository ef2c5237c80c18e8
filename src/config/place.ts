import type { Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';

/** Names the place of a key: `at('pythons', 2)` gives `matrix.config.ts pythons[2]`. */
export type At = (...path: readonly (string | number)[]) => string;

/** `matrix.config.ts flavors.conda.suffix`, list places as `[2]`. */
export function place(file: string, path: readonly PropertyKey[]): string {
  const text = path.map(step).join('').replace(/^\./, '');
  return text === '' ? file : `${file} ${text}`;
}

function step(part: PropertyKey): string {
  if (typeof part === 'number') return `[${part}]`;
  return /^[A-Za-z0-9_-]+$/.test(String(part)) ? `.${String(part)}` : `.'${String(part)}'`;
}

/** A name that the config does not have, with the nearest one it has. */
export function unknownValue(kind: string, name: string, known: readonly string[], where: string): Problem {
  const near = nearest(name, known);
  const fix = near === null ? `known: ${known.join(', ')}` : `did you mean '${near}'?`;
  return { code: 'CONFIG_INVALID', where, message: `unknown ${kind} '${name}'`, fix };
}
