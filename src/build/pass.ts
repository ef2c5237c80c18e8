/**
 * What another machine says of images that were pushed: one check, passed or failed, for the digests of one record. Like a
 * record it is carried by artifacts, and nothing in it is believed before it was compared with the release.
 */
import { z } from 'zod';
import { isDigest, type Digest } from '../domain/digest.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import type { BuildRecord, RecordedRelease } from './record.ts';
import { sealedFile, type SumOf } from './seal.ts';

export interface Pass {
  readonly schema: 1;
  /** The name of the check in the config. */
  readonly check: string;
  readonly failed: boolean;
  readonly release: RecordedRelease;
  readonly answers: readonly PassAnswer[];
}

/** One digest and the platforms of it that were checked. */
export interface PassAnswer {
  /** Id of the cell. */
  readonly cell: string;
  readonly platforms: readonly string[];
  readonly digest: Digest;
}

/** The answer for everything that a record has. */
export function passOf(record: BuildRecord, check: string, isFailed: boolean): Pass {
  const answers = new Map<string, PassAnswer>();
  for (const { cell, platforms, digest } of record.builds)
    answers.set(JSON.stringify([cell, platforms, digest]), { cell, platforms, digest });
  return { schema: 1, check, failed: isFailed, release: record.release, answers: [...answers.values()] };
}

const shape = z.strictObject({
  schema: z.literal(1, 'this tagwright reads schema 1'),
  check: z.string(),
  failed: z.boolean(),
  release: z.strictObject({ version: z.string(), revision: z.string().nullable() }),
  answers: z.array(
    z.strictObject({
      cell: z.string(),
      platforms: z.array(z.string()).min(1),
      digest: z.string().refine(isDigest, 'expected a digest'),
    }),
  ),
  sum: z.string(),
});

/** True for a file that says it is a pass, so that what is wrong with it is said of a pass. */
export function isPassFile(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'check' in json;
}

function passText({ schema, check, failed: isFailed, release, answers }: Pass): string {
  return JSON.stringify({
    schema,
    check,
    failed: isFailed,
    release: { version: release.version, revision: release.revision },
    answers: answers.map(({ cell, platforms, digest }) => ({ cell, platforms, digest })),
  });
}

/** The file of a pass. @param sumOf the digest of a text, so that one that was edited shows */
export function passFile(pass: Pass, sumOf: SumOf): string {
  return sealedFile(passText(pass), sumOf);
}

export function readPass(json: unknown, where: string, sumOf: SumOf): Result<Pass> {
  const fix = 'take it as tagwright pass wrote it, or run that check again';
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String).join('.');
    const message = `is not what tagwright pass writes: ${path} ${issue?.message ?? ''}`;
    return failed({ code: 'RECORD_INVALID', where, message, fix });
  }
  const { sum, ...pass } = parsed.data;
  if (sumOf(passText(pass)) === sum) return ok(pass);
  return failed({ code: 'RECORD_INVALID', where, message: 'was changed since it was written: checksum mismatch', fix });
}
