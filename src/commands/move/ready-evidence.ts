/** Looks, before the first tag moves, whether the statement of the moves can be added to the file of the repository. */
import { InputError } from '../../domain/errors.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { extendFault, unsignedBefore, type ExtendFault } from '../../evidence/extend.ts';
import { readEvidence, type EvidenceText } from '../../evidence/lines.ts';
import type { RegistryReader } from '../../ports.ts';
import { count } from '../../report/words.ts';
import type { World } from '../world.ts';
import { signedImage } from './attached-signature.ts';
import type { RunEvidence } from './record-moves.ts';

type ReadyWorld = Pick<World, 'clock' | 'say' | 'signal'>;

/**
 * All repositories before any of them: what is refused has moved nothing.
 *
 * @throws {InputError} EVIDENCE_INVALID; a dry run says it instead
 */
export async function readyEvidence(
  registries: readonly RegistryReader[],
  evidenceOf: (repository: Repository) => RunEvidence,
  { dryRun }: { readonly dryRun: boolean },
  world: ReadyWorld,
): Promise<void> {
  for (const registry of registries) {
    try {
      await readyOne(registry, evidenceOf(registry.repository), world);
    } catch (error) {
      if (!dryRun || !(error instanceof InputError)) throw error;
      world.say(`a run that moves tags would be refused: ${error.message}`);
    }
  }
}

/**
 * What a signature needs from others, once it is known that tags move: a certificate stays in a public log for good.
 *
 * @throws {OutsideError} SIGNING_FAILED if a statement could not be signed: nothing has moved
 */
export async function readySigner(
  [first]: readonly RegistryReader[],
  evidenceOf: (repository: Repository) => RunEvidence,
  { signal }: Pick<World, 'signal'>,
): Promise<void> {
  if (first !== undefined) await evidenceOf(first.repository).signer?.ready(signal);
}

async function readyOne(registry: RegistryReader, evidence: RunEvidence, world: ReadyWorld): Promise<void> {
  const { store, sumOf, digestOf, accepts } = evidence;
  const { repository } = registry;
  const text = await store.read(repository);
  await store.ready(repository);
  if (text === null) return;
  const read = readEvidence(text, sumOf);
  const file = store.pathOf(repository);
  const fault = faultOf(read, repository, evidence, world);
  if (fault !== null) throw refused(file, fault);
  if (read.torn)
    world.say(
      `the last line of ${file} is cut off, as a run that was killed leaves it: the next statement takes its place, and it is kept in ${store.cutPathOf(repository)}`,
    );
  const unsigned = accepts === null ? 0 : unsignedBefore(read);
  if (accepts === null || unsigned === 0) return;
  const image = await signedImage(read, { registry, verify: accepts, world: { digestOf, signal: world.signal } });
  if (image !== null) {
    const because = `a signed statement that counts for this run is attached to ${image}, and no statement in the file is signed: somebody took the signatures away`;
    throw refused(file, { because, fix: 'bring the file back as the last run left it' });
  }
  const vouched = `${count(unsigned, 'statement')} without one, and vouches for ${unsigned === 1 ? 'it' : 'them'}`;
  world.say(`${file}: this run puts the first signature behind ${vouched}`);
}

/** @returns why nothing may be added; `null`: something may */
export function faultOf(
  read: EvidenceText,
  repository: Repository,
  { signer, accepts }: Pick<RunEvidence, 'signer' | 'accepts'>,
  { clock }: Pick<World, 'clock'>,
): ExtendFault | null {
  const signing = signer === null || accepts === null ? {} : { signing: { kind: signer.kind, verify: accepts } };
  return extendFault(read, { repository: formatRepository(repository), now: clock.nowMs(), ...signing });
}

function refused(where: string, { because, fix }: ExtendFault): InputError {
  return new InputError([{ code: 'EVIDENCE_INVALID', where, message: `${because}. Nothing was moved`, fix }]);
}
