/**
 * What a job that builds a part of a release leaves for the job that publishes it: one file a job, with the digests it
 * pushed. A record is carried by artifacts and may come late, twice, or from another run; nothing in it is believed
 * before it was compared with the release and the registry.
 */
import { z } from 'zod';
import { isDigest, type Digest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { isTag } from '../domain/tag.ts';
import { sealedFile, type SumOf } from './seal.ts';

export interface BuildRecord {
  readonly schema: 1;
  readonly release: RecordedRelease;
  readonly builds: readonly RecordedBuild[];
}

export interface RecordedRelease {
  readonly version: string;
  /** The commit the release was on when the job ran. */
  readonly revision: string | null;
}

/** Some platforms of a cell in one repository. */
export interface RecordedBuild {
  /** `registry/path` */
  readonly repository: string;
  /** Id of the cell, as `--only` takes it. */
  readonly cell: string;
  readonly platforms: readonly string[];
  /** `published`: the cell's pinned tags were there already, and nothing was built. */
  readonly state: 'built' | 'published';
  /** Of what was pushed, an index or one platform's image; of the full tag where the cell was published. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** The tag it was pushed under, if it was pushed under one. */
  readonly stagingTag: string | null;
  /** How many attestation manifests came with it. */
  readonly attestations: number;
}

const build = z.strictObject({
  repository: z.string(),
  cell: z.string(),
  platforms: z.array(z.string()).min(1),
  state: z.enum(['built', 'published']),
  digest: z.string().refine(isDigest, 'expected a digest'),
  mediaType: z.string(),
  stagingTag: z.string().refine(isTag, 'expected a tag').nullable(),
  attestations: z.int().nonnegative(),
});
const shape = z.strictObject({
  schema: z.literal(1, 'this tagwright reads schema 1'),
  release: z.strictObject({ version: z.string(), revision: z.string().nullable() }),
  builds: z.array(build),
  sum: z.string(),
});

/** What the sum of a record is of: the same record gives the same text. */
export function recordText({ schema, release, builds }: BuildRecord): string {
  return JSON.stringify({
    schema,
    release: { version: release.version, revision: release.revision },
    builds: builds.map((entry) => ({
      repository: entry.repository,
      cell: entry.cell,
      platforms: entry.platforms,
      state: entry.state,
      digest: entry.digest,
      mediaType: entry.mediaType,
      stagingTag: entry.stagingTag,
      attestations: entry.attestations,
    })),
  });
}

/** The file of a record. @param sumOf the digest of a text, so that a record that was edited shows */
export function recordFile(record: BuildRecord, sumOf: SumOf): string {
  return sealedFile(recordText(record), sumOf);
}

/**
 * @param json the file's content, parsed
 * @param where how messages name the file
 */
export function readRecord(json: unknown, where: string, sumOf: SumOf): Result<BuildRecord> {
  const parsed = shape.safeParse(json);
  if (!parsed.success) return failed(...parsed.error.issues.slice(0, 3).map((issue) => shapeProblem(issue, where)));
  const { sum, ...record } = parsed.data;
  if (sumOf(recordText(record)) === sum) return ok(record);
  return failed({
    code: 'RECORD_INVALID',
    where,
    message: 'was changed since its job wrote it: its sum does not fit',
    fix: 'take it as the job left it, or run that job again',
  });
}

function shapeProblem(issue: z.core.$ZodIssue, where: string): Problem {
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return {
    code: 'RECORD_INVALID',
    where: `${where}${path === '' ? '' : ` ${path.replace(/^\./, '')}`}`,
    message: `is no record of tagwright build: ${issue.message}`,
    fix: 'give the folder that holds what build --record wrote, and nothing else',
  };
}
