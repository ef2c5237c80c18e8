/** Files of statements as they were found, each judged by itself. */
import { InputError } from '../../domain/errors.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { checkEvidence, type CheckedEvidence, type EvidenceRules } from '../../evidence/check.ts';
import { readEvidence, type EvidenceText } from '../../evidence/lines.ts';
import type { World } from '../world.ts';

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

/** @param key the public key that counts, as `--evidence-key` names it; `null`: nobody checks */
export async function judgingBy(key: string | null, world: Pick<World, 'statementVerifier'>): Promise<Judging> {
  return key === null ? {} : { verify: await world.statementVerifier(key) };
}

/** One file by its name. @throws {InputError} if it is not there */
export async function readEvidenceFile(path: string, judging: Judging, world: EvidenceReader): Promise<FoundEvidence> {
  return judged(path, await world.readText(path), null, judging, world);
}

/**
 * The file of a repository, in the folder or the file at `path`.
 *
 * @returns `null` if there is none
 */
export async function readEvidenceOf(
  repository: Repository,
  path: string,
  judging: Judging,
  world: EvidenceReader,
): Promise<FoundEvidence | null> {
  const store = world.evidence(path);
  const text = await store.read(repository);
  return text === null ? null : judged(store.pathOf(repository), text, formatRepository(repository), judging, world);
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
  const message = `it is one file, and the image has ${repositories.length} repositories, each with a file of its own`;
  throw new InputError([
    { code: 'EVIDENCE_INVALID', where: path, message, fix: 'name the folder, or one repository with --repository' },
  ]);
}

/** Nothing was ever written there, or it was taken away. */
export function noEvidence(where: string): InputError {
  const fix = `name the folder that publish wrote to with --evidence (default: ${evidenceFolder}), or bring it back`;
  return new InputError([{ code: 'EVIDENCE_INVALID', where, message: 'there is no file of statements', fix }]);
}
