/** What statements of a run say besides its moves, asked for once they are made: most runs move nothing. */
import type { ImageConfig } from '../../config/types.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import type { Release } from '../../domain/release.ts';
import type { RunFacts } from '../../domain/run-facts.ts';
import { configDigest } from '../../evidence/config-digest.ts';
import type { MovesPredicate, StatementFacts } from '../../evidence/statement.ts';
import { convenienceRules, type TagMap } from '../../plan/tag-map.ts';
import type { StatementSigner, StatementVerifier } from '../../ports.ts';
import { InternalError } from '../../domain/errors.ts';
import { readCounting, verifierOf } from '../evidence/counting.ts';
import { refuseSharedFile } from '../evidence/read-evidence.ts';
import type { SigningOptions } from '../options.ts';
import type { World } from '../world.ts';
import type { RunEvidence } from './record-moves.ts';

export interface EvidenceRequest {
  /** Where statements are kept. */
  readonly path: string;
  readonly command: MovesPredicate['command'];
  readonly signing: SigningOptions;
  /** What the run is about; `null`: all releases. */
  readonly about: { readonly kind: 'release'; readonly release: Release } | null;
  /** Of a yank or a rollback. */
  readonly why?: Pick<StatementFacts, 'reason' | 'undoes'>;
  readonly project: {
    readonly image: ImageConfig;
    /** `null` where the plan could not be made. */
    readonly tags: Pick<TagMap, 'convenience'> | null;
  };
}

/** What of the world statements take. */
export type EvidenceWorld = Pick<
  World,
  | 'evidence'
  | 'runFacts'
  | 'toolVersion'
  | 'digestOf'
  | 'statementSigner'
  | 'keylessSigner'
  | 'statementVerifier'
  | 'identityVerifier'
>;

/**
 * @returns what each repository's statements are made with
 * @throws {InputError} for a key that cannot be read, and a file for several repositories: before anything moves
 */
export async function runEvidence(
  request: EvidenceRequest,
  world: EvidenceWorld,
): Promise<(repository: Repository) => RunEvidence> {
  const { path, command, about, project, signing, why = {} } = request;
  refuseSharedFile(path, project.image.repositories);
  const signer = await signerOf(signing, world);
  const accepts = signer === null ? null : await acceptedBy(signer, signing, world);
  const sumOf = (text: string): ReturnType<World['digestOf']> => world.digestOf(new TextEncoder().encode(text));
  const release = about?.release ?? null;
  const rules = project.tags === null ? new Map<string, string>() : convenienceRules(project.tags);
  // One answer for all repositories.
  let asked: Promise<RunFacts> | undefined;
  return (repository) => ({
    store: world.evidence(path),
    sumOf,
    digestOf: world.digestOf,
    signer,
    accepts,
    mover: async () => {
      const { actor, run } = await world.runFacts('mover');
      return { actor, run };
    },
    facts: async () => ({
      ...(await (asked ??= world.runFacts())),
      repository: formatRepository(repository),
      command,
      // The build of an event is not a release.
      release: release === null || release.labelVersions !== undefined ? null : release.version.text,
      commit: release?.revision ?? null,
      ...why,
      config: configDigest(project.image, sumOf),
      tagwright: world.toolVersion,
      ruleOf: (tag) => rules.get(tag) ?? null,
    }),
  });
}

async function signerOf(
  { signKey = null, keyless = null, identity = null }: SigningOptions,
  world: EvidenceWorld,
): Promise<StatementSigner | null> {
  if (signKey !== null) return world.statementSigner(signKey);
  if (keyless === null) return null;
  if (identity === null) throw new InternalError('nobody may sign without a key');
  return world.keylessSigner(keyless, identity);
}

async function acceptedBy(
  signer: StatementSigner,
  { signKey = null, earlierKeys = [], identity = null }: SigningOptions,
  world: EvidenceWorld,
): Promise<StatementVerifier> {
  const isKeyless = signer.kind === 'keyless';
  const { keys, keyFiles, identity: earlier } = await readCounting(earlierKeys, isKeyless ? null : identity, world);
  if (isKeyless) return verifierOf({ keys, keyFiles, identity: signer.verify });
  return verifierOf({ keys: [signer.verify, ...keys], keyFiles: [signKey ?? '', ...keyFiles], identity: earlier });
}
