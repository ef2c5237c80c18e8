/** How large an image may be: `limits.size` and `limits.growth`. */
import { parseByteSize } from '../domain/byte-size.ts';
import type { Problem } from '../domain/errors.ts';
import { place } from './place.ts';
import type { ParsedConfig } from './schema.ts';
import type { SizeLimits } from './types.ts';

/** What `accept` calls an image that is larger than the limits allow, and what reports call it. */
export const sizeLimitCode = 'SIZE_LIMIT';

export function readSizeLimits(
  { size, growth }: NonNullable<ParsedConfig['limits']>,
  file: string,
  problems: Problem[],
): SizeLimits {
  const sizeBytes = size === undefined ? null : parseByteSize(size);
  if (size !== undefined && (sizeBytes === null || sizeBytes === 0))
    problems.push(problemAt('size', size, "write a number and a unit: '8GB', '500MB', '1.5GiB'", file));
  const percent = /^(?<percent>\d{1,5}(?:\.\d{1,3})?) ?%$/.exec(growth ?? '')?.groups?.['percent'];
  if (growth !== undefined && percent === undefined)
    problems.push(problemAt('growth', growth, "write it in per cent: '20%'", file));
  return { sizeBytes, growth: percent === undefined ? null : Number(percent) / 100 };
}

function problemAt(key: string, text: string, fix: string, file: string): Problem {
  const message = `${JSON.stringify(text)} is not a ${key === 'size' ? 'size' : 'share'}`;
  return { code: 'CONFIG_INVALID', where: place(file, ['limits', key]), message, fix };
}
