/** The statements of one repository, for `audit --evidence`: in the file, and attached to images. */
import { auditTags } from '../../audit/audit.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { attachedFaults } from '../../evidence/attached.ts';
import { digestOf } from '../../sight/input.ts';
import { readAttached } from '../evidence/attached.ts';
import {
  isEvidenceFile,
  judgingBy,
  noEvidence,
  readEvidenceOf,
  type FoundEvidence,
} from '../evidence/read-evidence.ts';
import type { RepositoryLook } from '../look/repository-look.ts';
import type { CountingOptions } from '../options.ts';
import type { World } from '../world.ts';
import type { AuditOptions } from './options.ts';

/**
 * @param statements what is only pushed to by builds that are not releases need not have any
 * @returns `null` if nobody asked
 * @throws {InputError} EVIDENCE_INVALID if they are not there: nothing was ever written, or all of it was taken away
 */
export async function evidenceFor(
  repository: Repository,
  { evidence: path, ...counting }: Pick<AuditOptions, 'evidence'> & CountingOptions,
  statements: 'required' | 'if there',
  world: World,
): Promise<FoundEvidence | null> {
  if (path === null || (statements === 'if there' && isEvidenceFile(path))) return null;
  const found = await readEvidenceOf(repository, path, await judgingBy(counting, world), world);
  if (found === null && statements === 'required') throw noEvidence(`${path} (${formatRepository(repository)})`);
  return found;
}

/**
 * The same look, if signatures are checked: judged with the signed statements that are attached to images of any tag that was read, and
 * to those that the file names.
 */
export async function withAttached(
  looked: RepositoryLook,
  found: FoundEvidence | null,
  counting: CountingOptions,
  world: World,
): Promise<RepositoryLook> {
  const { verify } = await judgingBy(counting, world);
  if (found === null || verify === undefined) return looked;
  const { listing, registry, input } = looked;
  const present = new Set([...input.seen.values()].flatMap((seen) => digestOf(seen) ?? []));
  const named = found.text.lines.flatMap(({ statement }) => statement?.predicate.moves ?? []);
  const images = new Set([
    ...present,
    ...named.flatMap(({ from, to }) => [from, to].flatMap((end) => end?.digest ?? [])),
  ]);
  const listed = listing.kind === 'tags' && listing.lacking === 0 ? new Set(listing.tags) : null;
  const attached = await readAttached(images, { registry, listed, verify, present, world });
  const faults = [...found.faults, ...attachedFaults(found.text, found, attached)];
  const judged = { ...input, evidence: { ...found, faults } };
  return { ...looked, input: judged, audited: auditTags(judged) };
}
