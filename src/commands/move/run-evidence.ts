/** What statements of a run say besides its moves, asked for once they are made: most runs move nothing. */
import type { ImageConfig } from '../../config/types.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import type { Release } from '../../domain/release.ts';
import type { RunFacts } from '../../domain/run-facts.ts';
import { canonicalText } from '../../evidence/canonical.ts';
import type { MovesPredicate } from '../../evidence/statement.ts';
import { convenienceRules, type TagMap } from '../../plan/tag-map.ts';
import type { World } from '../world.ts';
import type { RunEvidence } from './record-moves.ts';

export interface EvidenceRequest {
  /** Where statements are kept. */
  readonly path: string;
  readonly command: MovesPredicate['command'];
  /** The private key that signs; `null`: nothing is signed. */
  readonly signKey: string | null;
  /** What the run is about; `null`: all releases. */
  readonly about: { readonly kind: 'release'; readonly release: Release } | null;
  readonly project: {
    readonly image: ImageConfig;
    /** `null` where the plan could not be made. */
    readonly tags: Pick<TagMap, 'convenience'> | null;
  };
}

/** What of the world statements take. */
export type EvidenceWorld = Pick<World, 'evidence' | 'runFacts' | 'toolVersion' | 'digestOf' | 'statementSigner'>;

/**
 * @returns what each repository's statements are made with
 * @throws {InputError} for a key that cannot be read: before anything moves
 */
export async function runEvidence(
  request: EvidenceRequest,
  world: EvidenceWorld,
): Promise<(repository: Repository) => RunEvidence> {
  const { path, command, about, project, signKey } = request;
  const signer = signKey === null ? null : await world.statementSigner(signKey);
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
    facts: async () => ({
      ...(await (asked ??= world.runFacts())),
      repository: formatRepository(repository),
      command,
      // The build of an event is not a release.
      release: release === null || release.labelVersions !== undefined ? null : release.version.text,
      commit: release?.revision ?? null,
      config: sumOf(canonicalText(project.image)),
      tagwright: world.toolVersion,
      ruleOf: (tag) => rules.get(tag) ?? null,
    }),
  });
}
