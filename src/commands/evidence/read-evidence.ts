/** Files of statements as they were found, each judged by itself. */
import { count } from '../../domain/count.ts';
import { InputError } from '../../domain/errors.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { checkEvidence, type CheckedEvidence, type EvidenceRules } from '../../evidence/check.ts';
import { isTag } from '../../domain/tag.ts';
import { readEvidence, type EvidenceText } from '../../evidence/lines.ts';
import type { CountingOptions } from '../options.ts';
import type { World } from '../world.ts';
import { readCounting, verifierOf, type VerifyingWorld } from './counting.ts';

export interface FoundEvidence extends CheckedEvidence {
  /** For messages. */
  readonly file: string;
  /** `registry/path`; `null` for a file that says nothing. */
  readonly repository: string | null;
  /** Its lines, those that do not count among them. */
  readonly text: EvidenceText;
}

/** Where statements are by default, beside the journals. */
export const evidenceFolder = '.tagwright';

/** A path that names one file, not the folder of all. */
export function isEvidenceFile(path: string): boolean {
  return path.endsWith('.jsonl');
}

type EvidenceReader = Pick<World, 'evidence' | 'readText' | 'digestOf' | 'clock'>;

/** How signatures are judged. */
export type Judging = Pick<EvidenceRules, 'verify'>;

export async function judgingBy(
  { evidenceKeys = [], identity = null }: CountingOptions,
  world: VerifyingWorld,
): Promise<Judging> {
  if (evidenceKeys.length === 0 && identity === null) return {};
  return { verify: verifierOf(await readCounting(evidenceKeys, identity, world)) };
}

/** One file by its name. @throws {InputError} if it is not there, or is empty */
export async function readEvidenceFile(path: string, judging: Judging, world: EvidenceReader): Promise<FoundEvidence> {
  const text = await world.readText(path);
  if (isEmpty(text)) throw noEvidence(path);
  return judged(path, text, null, judging, world);
}

/**
 * The file of a repository, in the folder or the file at `path`.
 *
 * @returns `null` if there is none, or an empty one
 */
export async function readEvidenceOf(
  repository: Repository,
  path: string,
  judging: Judging,
  world: EvidenceReader,
): Promise<FoundEvidence | null> {
  const store = world.evidence(path);
  const text = await store.read(repository);
  return text === null || isEmpty(text)
    ? null
    : judged(store.pathOf(repository), text, formatRepository(repository), judging, world);
}

/** As if it were not there: no run leaves such a file. */
function isEmpty(text: string): boolean {
  return text.trim() === '';
}

function judged(
  file: string,
  text: string,
  repository: string | null,
  judging: Judging,
  { clock, digestOf }: Pick<World, 'clock' | 'digestOf'>,
): FoundEvidence {
  const read = readEvidence(text, (part) => digestOf(new TextEncoder().encode(part)));
  const checked = checkEvidence(read, { repository, now: clock.nowMs(), ...judging });
  const named = repository ?? checked.statements[0]?.statement.predicate.repository ?? null;
  return { ...checked, file, repository: named, text: read };
}

/** @throws {InputError} EVIDENCE_INVALID where a single file is named for several repositories */
export function refuseSharedFile(path: string, repositories: readonly Repository[]): void {
  if (!isEvidenceFile(path) || repositories.length === 1) return;
  const message = `it is one file, and the image has ${count(repositories.length, 'repository', 'repositories')}, each with a file of its own`;
  throw new InputError([
    { code: 'EVIDENCE_INVALID', where: path, message, fix: 'name the folder, or one repository with --repository' },
  ]);
}

/**
 * Nothing was ever written there, or it was taken away.
 *
 * @param path what may have been meant as the tag; `null`: nothing
 */
export function noEvidence(where: string, path: string | null = null): InputError {
  const name = `name the folder that publish wrote to with --evidence (default: ${evidenceFolder}), or a file that ends in .jsonl`;
  const mayBeTag = path !== null && path !== evidenceFolder && isTag(path);
  const fix = mayBeTag
    ? `if it is a tag: tagwright history ${path} --evidence; otherwise ${name}`
    : `${name}, or bring it back`;
  return new InputError([{ code: 'EVIDENCE_INVALID', where, message: 'there is no statement', fix }]);
}
