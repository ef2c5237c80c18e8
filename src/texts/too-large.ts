import type { Problem } from '../domain/errors.ts';

/** A text or file that is not worth reading. */
export function tooLarge(
  { code, where }: Pick<Problem, 'code' | 'where'>,
  sizeBytes: number,
  maxBytes: number,
): Problem {
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;
  return {
    code,
    where,
    message: `the file has ${megabytes(sizeBytes)}; at most ${megabytes(maxBytes)} are read`,
    fix: 'check that it is the right file',
  };
}
