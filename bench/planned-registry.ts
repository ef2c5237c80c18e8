/** A real registry that holds every tag of Prefect's plan: what reading and moving are measured on. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadConfigModule } from '../src/adapters/files/load-config-module.ts';
import { defineConfig } from '../src/config/define-config.ts';
import { readConfig } from '../src/config/normalize.ts';
import type { Manifest } from '../src/domain/digest.ts';
import { parseJsonObject } from '../src/domain/json.ts';
import { mediaTypes } from '../src/domain/media-types.ts';
import type { ReleaseFact } from '../src/domain/release.ts';
import { shapeFinder } from '../src/plan/shapes.ts';
import { resolveTags } from '../src/plan/tag-map.ts';
import type { Registry } from '../src/ports.ts';
import { knownReleases } from '../src/releases/known-releases.ts';
import { manifestOf, sampleImage } from '../test/support/sample-images.ts';

export const root = fileURLToPath(new URL('../', import.meta.url));
/** The arguments that make a command about this registry's tags. */
export const factsFile = 'examples/prefect/releases.json';

/**
 * Every tag of the plan, with the name of the image it points to.
 *
 * @param isKnown the releases of which it is; left out: all
 */
export async function plannedTags(isKnown: (version: string) => boolean = () => true): Promise<Map<string, string>> {
  const raw = await loadConfigModule(`${root}matrix.config.ts`, { virtualModules: { tagwright: { defineConfig } } });
  return tagsOf(raw, factsOf(isKnown));
}

/** The same for a config and facts. */
export function tagsOf(config: unknown, facts: readonly ReleaseFact[]): Map<string, string> {
  const read = readConfig(config, 'matrix.config.ts');
  const image = read.ok ? read.value.images[0] : undefined;
  if (image === undefined) throw new Error(`no config: ${JSON.stringify(read)}`);
  const known = knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image);
  const map = resolveTags(image, known.releases, shapeFinder(image, known.releases, 'releases.json'));
  const found = new Map<string, string>();
  for (const [tag, { cell }] of map.pinned) found.set(tag, cell.pinned[0]?.tag ?? tag);
  for (const { tag, owner } of map.convenience) if (owner !== null) found.set(tag, owner.pinned[0]?.tag ?? '');
  return found;
}

/** Rows of the facts. */
export function factsOf(isKnown: (version: string) => boolean): readonly ReleaseFact[] {
  const facts: ReleaseFact[] = JSON.parse(readFileSync(`${root}${factsFile}`, 'utf8'));
  return facts.filter(({ version }) => isKnown(version));
}

/** An index for each image, all around the same two manifests: what is read is the index. @returns the indexes by image */
export async function pushImages(places: ReadonlyMap<string, string>, to: Registry): Promise<Map<string, Manifest>> {
  const { blobs, children, top } = sampleImage('oci-index', 'bench');
  for (const { bytes, digest } of blobs) await to.putBlob(bytes, digest);
  for (const child of children) await to.putManifest(child.digest, child);
  const body = parseJsonObject(new TextDecoder().decode(top.bytes)) ?? {};
  const indexes = new Map(
    [...new Set(places.values())].map((image) => {
      const annotations = { 'org.opencontainers.image.ref.name': image };
      return [image, manifestOf(mediaTypes.ociIndex, { ...body, annotations })] as const;
    }),
  );
  await pushTags(places, indexes, to);
  return indexes;
}

export async function pushTags(
  places: ReadonlyMap<string, string>,
  indexes: ReadonlyMap<string, Manifest>,
  to: Registry,
): Promise<void> {
  const pending = places.entries();
  const work = async (): Promise<void> => {
    for (const [tag, image] of pending) {
      const manifest = indexes.get(image);
      if (manifest !== undefined) await to.putManifest(tag, manifest);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}
