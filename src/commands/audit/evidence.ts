/** The statements of one repository, for `audit --evidence`. */
import { formatRepository, type Repository } from '../../domain/reference.ts';
import {
  isEvidenceFile,
  judgingBy,
  noEvidence,
  readEvidenceOf,
  type FoundEvidence,
} from '../evidence/read-evidence.ts';
import type { World } from '../world.ts';
import type { AuditOptions } from './options.ts';

/**
 * @param statements what is only pushed to by builds that are not releases need not have any
 * @returns `null` if nobody asked
 * @throws {InputError} EVIDENCE_INVALID if they are not there: nothing was ever written, or all of it was taken away
 */
export async function evidenceFor(
  repository: Repository,
  { evidence: path, evidenceKey }: Pick<AuditOptions, 'evidence' | 'evidenceKey'>,
  statements: 'required' | 'if there',
  world: World,
): Promise<FoundEvidence | null> {
  if (path === null || (statements === 'if there' && isEvidenceFile(path))) return null;
  const found = await readEvidenceOf(repository, path, await judgingBy(evidenceKey, world), world);
  if (found === null && statements === 'required') throw noEvidence(`${path} (${formatRepository(repository)})`);
  return found;
}
