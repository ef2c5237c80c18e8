/** `audit --require`: whether what was found on an image proves what is asked for, and for exactly its digest. */
import type { Digest } from '../domain/digest.ts';
import { formatRepository, type Repository } from '../domain/reference.ts';
import type { Proof, Statement } from '../domain/statement.ts';
import type { Choice } from '../moves/repair.ts';
import type { Fault } from './judgement.ts';

/** What hangs on one digest, as far as it was read. */
export type Proofs =
  | {
      readonly kind: 'read';
      readonly required: readonly Proof[];
      readonly attached: readonly Attached[];
      readonly built: readonly BuiltProof[];
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** A signature, or a signed statement. */
export interface Attached {
  /** Tag or digest it was found under. */
  readonly at: string;
  readonly statement: Statement;
  /** Why it does not count; `null`: it is by whom the config names. */
  readonly foreign: string | null;
}

/** What the builder put into the index, for one platform's image. */
export interface BuiltProof {
  readonly platform: string;
  readonly image: Digest;
  readonly statements: readonly Statement[];
}

export function judgeProofs(digest: Digest, repository: Repository, proofs: Proofs | undefined): readonly Fault[] {
  if (proofs === undefined) return [];
  if (proofs.kind === 'failed')
    return [{ kind: 'unknown', because: `what proves it could not be read: ${proofs.reason}`, evidence: [] }];
  const { required, attached, built } = proofs;
  return required.flatMap((proof): readonly Fault[] => {
    const lack = lackOfAll(digest, proof, { attached, built });
    return lack === null ? [] : [{ ...lack, repair: { fix: null, choices: [proofChoice(proof, digest, repository)] } }];
  });
}

/** What is wrong with an image itself is not repaired by signing it: a person has to say that it is the right one. */
function proofChoice(proof: Proof, digest: Digest, repository: Repository): Choice {
  if (proof === 'signature') {
    const command = `cosign sign ${formatRepository(repository)}@${digest}`;
    return { do: 'run', command, because: 'if this is the image that should be signed' };
  }
  const command = proof === 'sbom' ? 'build: { sbom: true }' : "build: { provenance: 'max' }";
  return { do: 'edit', command, because: 'for releases to come, and for a rebuild of this one' };
}

/** `null` if it is proven. */
function lackOfAll(
  digest: Digest,
  proof: Proof,
  { attached, built }: Pick<Extract<Proofs, { readonly kind: 'read' }>, 'attached' | 'built'>,
): Fault | null {
  const found = attached.filter(({ statement }) => statement.proof === proof);
  if (found.some(({ foreign, statement }) => foreign === null && statement.subjects.includes(digest))) return null;
  const lacks =
    proof === 'signature' ? [] : built.map((platform) => lackOf(proof, platform)).filter((lack) => lack !== null);
  if (proof !== 'signature' && built.length > 0 && lacks.length === 0) return null;
  const stale = found.find(({ foreign }) => foreign === null);
  if (stale !== undefined)
    return misattested(
      `the ${proof} at ${stale.at} is for ${stale.statement.subjects[0] ?? 'nothing'}, not for ${digest}`,
    );
  const [foreign] = found;
  if (foreign !== undefined)
    return misattested(`the ${proof} at ${foreign.at} does not count: ${foreign.foreign ?? ''}`);
  const other = lacks.find(({ kind }) => kind === 'misattested');
  return other ?? lacks[0] ?? fault('unattested', `it has no ${proof}`);
}

function lackOf(proof: Proof, { platform, image, statements }: BuiltProof): Fault | null {
  const found = statements.filter((statement) => statement.proof === proof);
  if (found.some(({ subjects }) => subjects.includes(image))) return null;
  const [stale] = found;
  if (stale === undefined) return fault('unattested', `${platform} has no ${proof}`);
  return misattested(`the ${proof} of ${platform} is for ${stale.subjects[0] ?? 'nothing'}, not for ${image}`);
}

function misattested(because: string): Fault {
  return fault('misattested', because);
}

function fault(kind: 'unattested' | 'misattested', because: string): Fault {
  return { kind, because, evidence: [] };
}
