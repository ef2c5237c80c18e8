/**
 * A builder for rehearsals: tiny images, made in-process, with the config, labels and platforms a real build would have.
 * They are valid OCI images, several platforms as an index; they hold one small file and run nothing.
 *
 * Refused for any registry that is not on loopback, so that no user ever pulls one.
 */
import pMap from 'p-map';
import type { BuildTarget } from '../../domain/build-target.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { parseRepository } from '../../domain/reference.ts';
import { standInElsewhere } from '../../domain/stand-in.ts';
import type { Builder, BuiltTarget, Registries, Registry } from '../../ports.ts';
import { standInImage, type StandInImage } from './stand-in-image.ts';

export interface StandInOptions {
  /** The same target gives the same digest (default). Without it each build differs, as real ones do. */
  readonly reproducible?: boolean;
  /** Targets, by id, whose build fails: for rehearsing a failure. */
  readonly failing?: ReadonlySet<string>;
}

/** @param registries where the images are pushed */
export function createStandInBuilder(registries: Registries, options: StandInOptions = {}): Builder {
  let builds = 0;
  return {
    name: 'stand-in',
    build: async (targets, { onProgress, signal }) => {
      refuseOthers(targets);
      const built = await pMap(
        targets,
        async (target): Promise<BuiltTarget> => {
          if (options.failing?.has(target.id) === true)
            return { id: target.id, kind: 'failed', reason: 'its build was set to fail' };
          builds += 1;
          const nonce = options.reproducible === false ? `${process.pid}-${builds}-${Math.random()}` : '';
          const image = standInImage(target, nonce);
          if (target.references.length === 0) return { id: target.id, kind: 'unpushed' };
          try {
            for (const reference of target.references) {
              if (target.part === 'digest') await pushByDigest(registries, reference, image, signal);
              else await push(registries, reference, image, signal);
            }
          } catch (error) {
            if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
            return { id: target.id, kind: 'failed', reason: error.message };
          }
          onProgress(`stand-in: ${target.id} ${image.manifest.digest}`);
          return { id: target.id, kind: 'built', digest: image.manifest.digest };
        },
        { concurrency: 8 },
      );
      return { targets: built };
    },
  };
}

/** Layers first, the tag last; a tag that somebody else put there meanwhile is left to them. */
async function push(
  registries: Registries,
  reference: string,
  image: StandInImage,
  signal: AbortSignal | undefined,
): Promise<void> {
  const colon = reference.lastIndexOf(':');
  const tag = reference.slice(colon + 1);
  const registry = openAt(registries, reference.slice(0, colon));
  const before = await registry.head(tag, signal);
  await putBelow(registry, image, signal);
  const now = await registry.head(tag, signal);
  if (now !== null && now.digest !== before?.digest && now.digest !== image.manifest.digest)
    throw new OutsideError('PINNED_RACED', `${reference} became ${now.digest} while it was built`, { reference });
  await registry.putManifest(tag, image.manifest, signal);
}

async function pushByDigest(
  registries: Registries,
  repository: string,
  image: StandInImage,
  signal: AbortSignal | undefined,
): Promise<void> {
  const registry = openAt(registries, repository);
  await putBelow(registry, image, signal);
  await registry.putManifest(image.manifest.digest, image.manifest, signal);
}

/** What a manifest needs before a registry takes it. */
async function putBelow(registry: Registry, image: StandInImage, signal: AbortSignal | undefined): Promise<void> {
  for (const blob of image.blobs) await registry.putBlob(blob.bytes, blob.digest, signal);
  for (const child of image.children) await registry.putManifest(child.digest, child, signal);
}

function openAt(registries: Registries, text: string): Registry {
  const repository = parseRepository(text, 'stand-in');
  if (!repository.ok) throw new InputError(repository.problems);
  return registries.open(repository.value);
}

function refuseOthers(targets: readonly BuildTarget[]): void {
  const problems = standInElsewhere(targets.flatMap((target) => target.references));
  if (problems.length > 0) throw new InputError(problems);
}
